import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ENVELOPE_SCHEMA, UPSTREAM_TYPES } from '@tributary/contracts';
import { Public, Refusal } from '@tributary/platform';

const PREFIX = 'tributary.';
const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** What may be sent; the same for everybody, so that a connector can be built before there is a key. */
@ApiTags('events')
@Controller('v1/schemas')
@Public()
export class SchemasController {
  @Get()
  @ApiOperation({
    summary: 'The types of events that are taken, each with its schema and an example',
  })
  list() {
    const types = [...UPSTREAM_TYPES].map(([type, { example }]) => ({
      type,
      dataschema: example.dataschema,
      example,
    }));
    return { envelope: ENVELOPE_SCHEMA, types };
  }

  @Get(':name')
  @ApiOperation({
    summary: 'The JSON Schema of the data of one type',
    description:
      '`x-data` says how a field is kept: `ledger` as it is, `protected` exchanged for a pseudonym (`x-exchange`) or sealed under the key of the subject (`x-subject`). `x-forbidden` names what is refused, and what to send instead.',
  })
  find(@Param('name') name: string) {
    const found = UPSTREAM_TYPES.get(PREFIX + name);
    if (!found)
      throw new Refusal(404, 'schema_unknown', 'GET /v1/schemas lists the types that are taken.');
    return { $schema: DIALECT, ...found.schema };
  }
}
