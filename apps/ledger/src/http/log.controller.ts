import { Controller, Get, Header, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type StreamName, idsOf, leafText, parseStreamName, tenantOf } from '@tributary/kernel';
import { Allow, Caller, type Principal, Refusal, ServiceRuntime } from '@tributary/platform';
import { parseTilePath, tileWidth } from '@tributary/proofs';
import type { FastifyRequest } from 'fastify';
import { Reading } from '../application/reading';
import { type PublishedCheckpoint, SealedLog } from '../read-model/sealed-log.queries';
import { ConsistencyQuery, InclusionQuery, LogAsOfQuery } from './log.dto';

const PREFIX = '/v1/log/';
const NOT_SIGNED =
  'No checkpoint has been signed: the log is empty, or LOG_SIGNER_DIRECTORY is not set.';

/** The log for whoever does not trust us: C2SP tlog-tiles under `/v1/log`, and proofs in files. */
@ApiTags('ledger')
@Controller('v1/log')
@Allow('auditor', 'admin', 'finance', 'partner')
export class LogController {
  constructor(
    private readonly log: SealedLog,
    private readonly runtime: ServiceRuntime,
    private readonly reading: Reading,
  ) {}

  @Get()
  @ApiOperation({ summary: 'How far the log is sealed, and its last signed checkpoint' })
  async status() {
    const [sealed, checkpoint] = await Promise.all([this.log.sealed(), this.log.checkpoint()]);
    return { ...sealed, checkpoint: checkpoint ?? null };
  }

  @Get('checkpoint')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The last signed checkpoint, as a signed note' })
  async checkpoint(): Promise<string> {
    return (await this.lastCheckpoint()).note;
  }

  @Get('as-of')
  @ApiOperation({
    summary: 'Where the log stood at a moment of our clock, and the checkpoint that covers it',
    description:
      'What an answer of any service rests on: by the moment that it was asked for, or by the `position` that it names. ' +
      'Known at a moment is everything before the first event that was recorded later.',
  })
  async asOf(@Caller() { tenant }: Principal, @Query() query: LogAsOfQuery) {
    const { known, position, leaf, checkpoint } = await this.reading.standpoint(tenant, query);
    return { known, position, leaf, checkpoint };
  }

  @Get('proofs/inclusion')
  @ApiOperation({
    summary: 'That an event stands in the signed log: its leaf, and a .tlog-proof file',
  })
  async inclusion(@Caller() caller: Principal, @Query() { stream, revision }: InclusionQuery) {
    const name = streamOfCaller(caller, stream);
    const index = name && (await this.log.leafOf(name, BigInt(revision)));
    if (name === undefined || index === undefined) {
      const detail = 'This tenant has no sealed event at that place.';
      throw new Refusal(404, 'event_not_sealed', detail);
    }
    const checkpoint = await this.log.checkpoint(index + 1);
    if (!checkpoint) {
      const { size } = await this.lastCheckpoint();
      const detail = `Leaf ${index} is not signed yet: the last checkpoint covers ${size}.`;
      throw new Refusal(404, 'not_signed', detail);
    }
    const leaf = await this.leafAt(name, BigInt(revision));
    const proof = await this.log.proof(index, checkpoint);
    return { stream, revision, index, leaf, size: checkpoint.size, proof };
  }

  @Get('proofs/consistency')
  @ApiOperation({ summary: 'That the signed log of one size begins with that of a smaller one' })
  async consistency(@Query() { from, to }: ConsistencyQuery) {
    const { size } = await this.log.sealed();
    if (from > to || to > size) {
      const detail = `from is at most to, and to at most ${size}.`;
      throw new Refusal(422, 'size_unknown', detail);
    }
    return { from, to, proof: await this.log.consistency(from, to) };
  }

  @Get('tile/*')
  @Header('content-type', 'application/octet-stream')
  @ApiOperation({ summary: 'Hashes of the tree, or its entries, as C2SP tlog-tiles names them' })
  async tile(@Caller() { tenant, role }: Principal, @Req() request: FastifyRequest) {
    const path = request.url.slice(PREFIX.length).split('?')[0] ?? '';
    const tile = parseTilePath(path);
    const { size } = await this.log.sealed();
    if (!tile || tileWidth(tile.level, tile.index, size) < tile.width) {
      throw new Refusal(404, 'tile_unknown', 'The tree has no such tile yet.');
    }
    if (!tile.isEntries) return new StreamableFile(await this.log.tile(tile));
    // Every entry names its stream, and most streams are of other partners.
    if (role === 'partner') throw entriesOfOthers('partners');
    const { bundle, tenants } = await this.log.entries(tile.index, tile.width);
    if ([...tenants].some((other) => other !== tenant)) throw entriesOfOthers('tenants');
    return new StreamableFile(bundle);
  }

  private async lastCheckpoint(): Promise<PublishedCheckpoint> {
    const checkpoint = await this.log.checkpoint();
    if (!checkpoint) throw new Refusal(404, 'not_signed', NOT_SIGNED);
    return checkpoint;
  }

  private async leafAt(stream: StreamName, revision: bigint): Promise<string> {
    for await (const event of this.runtime.log.read(stream, revision)) return leafText(event);
    throw new Refusal(404, 'event_not_sealed', 'The stream does not hold that revision.');
  }
}

const entriesOfOthers = (whose: 'partners' | 'tenants'): Refusal => {
  const detail = `These entries name streams of other ${whose} too. Ask for inclusion proofs.`;
  return new Refusal(403, 'entries_of_others', detail);
};

/** Nobody learns whether a stream of somebody else exists. */
function streamOfCaller({ tenant, role, partnerId }: Principal, text: string) {
  const stream = parseStreamName(text);
  const isVisible = role !== 'partner' || idsOf(stream)[0] === partnerId;
  return tenantOf(stream) === tenant && isVisible ? stream : undefined;
}
