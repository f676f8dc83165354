import { Readable } from 'node:stream';
import { Body, Controller, Get, Headers, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ENVELOPE_SCHEMA, TRAINING_COMPLETED_EXAMPLE } from '@tributary/contracts';
import {
  Allow,
  Caller,
  type Principal,
  Refusal,
  positionOf,
  tokenOf,
  toJson,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Ingested, Ingestion } from '../application/ingestion';
import { factStreamOf } from '../domain/fact/events';
import { FactOutcomes } from '../read-model/fact-outcomes.queries';
import { backfill } from './backfill';
import { ingestBatch, MOST_PER_BATCH } from './batch';
import { OutcomeQuery } from './events.dto';
import { invalidEvent } from './item-answer';
import { checkUpstreamEvent } from './upstream-check';
import { ServiceRuntime } from '@tributary/platform';

const NDJSON = 'application/x-ndjson';

@ApiTags('events')
@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly ingestion: Ingestion,
    private readonly outcomes: FactOutcomes,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @Allow('upstream', 'admin')
  @ApiOperation({
    summary:
      'Tell what happened: one CloudEvent, up to 500 in an array, or as many as there are as NDJSON',
    description:
      'An event is taken once and for ever under its source and id. Answers 202 for something new, 200 for a repeat, ' +
      '409 for other content under a known identity. A batch answers per item; NDJSON answers as NDJSON.',
  })
  @ApiConsumes(
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
    'application/json',
    NDJSON,
  )
  @ApiBody({
    schema: { ...structuredClone(ENVELOPE_SCHEMA), example: TRAINING_COMPLETED_EXAMPLE } as object,
  })
  @ApiResponse({ status: 202, description: 'Accepted, and stored.' })
  @ApiResponse({ status: 200, description: 'Known already, or a batch with an answer per item.' })
  async accept(
    @Caller() { tenant, actor }: Principal,
    @Headers('content-type') contentType: string | undefined,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const sender = { tenant, actor };
    if (contentType?.startsWith(NDJSON)) {
      const from = { instance: request.id, service: this.runtime.name };
      const lines = backfill(body as Readable, this.ingestion, sender, from);
      await reply.header('content-type', NDJSON).send(Readable.from(lines));
      return;
    }
    if (Array.isArray(body)) {
      if (body.length > MOST_PER_BATCH) {
        const detail = `A batch holds at most ${MOST_PER_BATCH} events; send more of them as ${NDJSON}.`;
        throw new Refusal(413, 'batch_too_large', detail);
      }
      const items = await ingestBatch(
        body as readonly unknown[],
        this.ingestion,
        sender,
        request.id,
      );
      await answer(reply, 200, { items });
      return;
    }
    const checked = checkUpstreamEvent(body);
    if ('errors' in checked) throw invalidEvent(checked.errors);
    const told = await this.ingestion.accept(checked.valid, sender);
    if (told.outcome === 'conflict') throw conflictOf(told);
    await answer(reply, told.outcome === 'accepted' ? 202 : 200, this.shown(told));
  }

  @Get(':source/:id')
  @Allow('upstream', 'admin', 'auditor', 'finance', 'programme')
  @ApiOperation({
    summary: 'What became of an event',
    description:
      '`token` waits until your own write is visible; `wait` until the event has come as far as a stage.',
  })
  async find(
    @Caller() { tenant }: Principal,
    @Param('source') source: string,
    @Param('id') id: string,
    @Query() query: OutcomeQuery,
  ) {
    const { token, wait, timeoutMs } = query;
    if (token !== undefined) {
      const position = positionOf(token, this.runtime.name);
      await this.runtime.feeds.waitUntil(['fact_outcomes'], position, timeoutMs);
    }
    const stream = factStreamOf(tenant, source, id);
    const found = await this.outcomes.find(stream);
    if (!found) {
      const detail = 'No event of your tenant was taken under this source and id.';
      throw new Refusal(404, 'event_unknown', detail);
    }
    if (wait === undefined) return { outcome: 'accepted', ...found };

    const reached = await this.outcomes.wait(tenant, found.correlationId, wait, timeoutMs);
    const now = (await this.outcomes.find(stream)) ?? found;
    return { outcome: 'accepted', ...now, ...(reached ?? { kind: 'waiting' }) };
  }

  private shown({ outcome, source, id, position, correlationId }: Ingested) {
    const duplicate = outcome === 'duplicate';
    return {
      outcome,
      duplicate,
      source,
      id,
      position,
      correlationId,
      token: tokenOf(this.runtime.name, position),
    };
  }
}

function conflictOf({ source, id, differs }: Ingested): Refusal {
  const errors = differs.map((field) => ({
    pointer: `/${field.replaceAll('.', '/')}`,
    code: 'differs',
    detail: 'Differs from what was accepted under this source and id.',
  }));
  const detail =
    'Other content was accepted under this source and id. Correct it with a new event, not by changing this one.';
  return new Refusal(409, 'event_conflict', detail, { errors, facts: { source, id } });
}

/** Through our own JSON rule, because answering by hand goes past the application's serializer. */
async function answer(reply: FastifyReply, status: number, body: object): Promise<void> {
  await reply
    .status(status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(toJson(body));
}
