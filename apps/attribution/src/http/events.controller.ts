import { Readable } from 'node:stream';
import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ENVELOPE_SCHEMA, TRAINING_COMPLETED_EXAMPLE } from '@tributary/contracts';
import type { Instant } from '@tributary/kernel';
import {
  Allow,
  AskedAt,
  Caller,
  type Principal,
  principalOf,
  Refusal,
  ServiceRuntime,
  TakesLines,
  toJson,
  tokenOf,
  untilVisible,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Ingested, Ingestion } from '../application/ingestion';
import { factOutcomes } from '../read-model/fact-outcomes.projection';
import { FactOutcomes } from '../read-model/fact-outcomes.queries';
import { partnerCredit } from '../read-model/partner-credit.projection';
import { backfill } from './backfill';
import { ingestBatch, MOST_PER_BATCH } from './batch';
import { OutcomeQuery } from './events.dto';
import { invalidEvent, statusOf } from './item-answer';
import { checkUpstreamEvent } from './upstream-check';

const NDJSON = 'application/x-ndjson';

const EVENT = {
  schema: { ...structuredClone(ENVELOPE_SCHEMA), example: TRAINING_COMPLETED_EXAMPLE } as object,
};
const EVENTS = { schema: { type: 'array', maxItems: MOST_PER_BATCH, items: EVENT.schema } };
const LINES = {
  schema: { type: 'string', example: `${JSON.stringify(TRAINING_COMPLETED_EXAMPLE)}\n` },
};
/** Each type of content has a shape of its own, which the decorators for bodies cannot say. */
const REQUEST_BODY = {
  required: true,
  content: {
    'application/cloudevents+json': EVENT,
    'application/cloudevents-batch+json': EVENTS,
    'application/json': EVENT,
    [NDJSON]: LINES,
  },
};

@ApiTags('events')
@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly ingestion: Ingestion,
    private readonly outcomes: FactOutcomes,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @TakesLines()
  @Allow('upstream', 'admin')
  @ApiOperation({
    summary:
      'Tell what happened: one CloudEvent, up to 500 in an array, or as many as there are as NDJSON',
    description:
      'An event is taken once and for ever under its source and id. Answers 202 for something new, 200 for a repeat, ' +
      'and `future_dated` for what lies more than 24 hours ahead, which waits for its time; ' +
      '409 for other content under a known identity. A batch answers per item; NDJSON answers as NDJSON.',
    requestBody: REQUEST_BODY,
  })
  @ApiResponse({ status: 202, description: 'Accepted, and stored.' })
  @ApiResponse({ status: 200, description: 'Known already, or a batch with an answer per item.' })
  async accept(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // Not as parameters of their own: those go through the pipes for bodies of commands, which have nothing to do here and would
    // take as long as checking the fact.
    const { tenant, actor } = principalOf(request);
    const { body } = request;
    const sender = { tenant, actor };
    if (body instanceof Readable) {
      const from = { instance: request.id, service: this.runtime.name };
      const lines = backfill(body, this.ingestion, sender, from);
      await reply.status(200).header('content-type', NDJSON).send(Readable.from(lines));
      return;
    }
    if (Array.isArray(body)) {
      if (body.length > MOST_PER_BATCH) {
        const detail = `A batch holds at most ${MOST_PER_BATCH} events; send more of them as ${NDJSON}.`;
        throw new Refusal(413, 'batch_too_large', detail);
      }
      if (body.length === 0)
        throw new Refusal(422, 'batch_empty', 'A batch holds at least one event.');
      const items = await ingestBatch(
        body as readonly unknown[],
        this.ingestion,
        sender,
        request.id,
      );
      answer(reply, 200, { items });
      return;
    }
    const checked = checkUpstreamEvent(body);
    if ('errors' in checked) throw invalidEvent(checked.errors);
    const told = await this.ingestion.accept(checked.valid, sender);
    if (told.outcome === 'conflict') throw conflictOf(told);
    answer(reply, statusOf(told), this.shown(told));
  }

  @Get(':source/:id')
  @Allow('upstream', 'admin', 'auditor', 'finance', 'programme')
  @ApiOperation({
    summary: 'What became of an event',
    description:
      'Of a touch or a claim: where it won, with which share, or why it was put aside. Of money: in which sale it counts, or ' +
      'what counts instead. `waiting` says what is missing. `token` waits until your own write is visible; `wait` until the ' +
      'event has come as far as a stage; what waits for its own time (`waiting` is `its_time`) is answered at once.',
  })
  async find(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('source') source: string,
    @Param('id') id: string,
    @Query() query: OutcomeQuery,
  ) {
    await untilVisible(this.runtime, [factOutcomes.name], query);
    const found = await this.outcomes.find(tenant, source, id);
    if (!found) {
      const detail = 'No event of your tenant was taken under this source and id.';
      throw new Refusal(404, 'event_unknown', detail);
    }
    const { wait, timeoutMs } = query;
    if (wait === undefined) return await this.outcomes.outcomeOf(found, askedAt);

    const reached = await this.outcomes.wait(found, wait, timeoutMs);
    const now = (await this.outcomes.find(tenant, source, id)) ?? found;
    const outcome = await this.outcomes.outcomeOf(now, askedAt);
    // Whoever has waited for it asks for the sale or the customer next, and has to find it there.
    if (reached)
      await this.runtime.feeds.waitUntil([partnerCredit.name], outcome.standsAt, timeoutMs);
    return { ...outcome, ...(reached ?? { kind: 'waiting' }) };
  }

  private shown({ outcome, source, id, position, correlationId }: Ingested) {
    const duplicate = outcome === 'duplicate';
    return {
      outcome,
      duplicate,
      source,
      id,
      position: String(position),
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
function answer(reply: FastifyReply, status: number, body: object): void {
  void reply
    .status(status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(toJson(body));
}
