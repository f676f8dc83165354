import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { instant } from '@tributary/kernel';
import {
  acceptsCsv,
  Allow,
  asAccepted,
  Caller,
  type Columns,
  headersOfPoint,
  pointAsked,
  type Principal,
  Refusal,
  ServiceRuntime,
  standingAt,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sentenceOf } from '../domain/explain/sentence';
import { type TreeRow, rowsOf } from '../domain/explain/table';
import { treeOf } from '../domain/explain/tree';
import { differencesIn } from '../domain/explain/verify';
import { trail } from '../read-model/explain.projection';
import { Explanations } from '../read-model/explain.queries';
import { ExplainQuery } from './explain.dto';

@ApiTags('earnings')
@Controller('v1/lines/:line/explain')
@Allow('finance', 'admin', 'auditor', 'programme', 'partner')
export class ExplainController {
  constructor(
    private readonly explanations: Explanations,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Why a line is worth what it is worth, down to the facts of money',
    description:
      'A tree in which every node names an event and its hash; `recomputed` says that the number was had again from the tree alone. ' +
      'Answers CSV to who accepts it, and one sentence to `as=sentence`. A key of a partner reaches its own lines alone.',
  })
  async explain(
    @Caller() { tenant, role, partnerId }: Principal,
    @Param('line') line: string,
    @Query() query: ExplainQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const point = await pointAsked(this.runtime, [trail.name], query);
    const on = query.on === undefined ? null : instant(query.on);
    const partner = role === 'partner' ? (partnerId ?? '') : null;
    const story = await this.explanations.story({ tenant, line, partner, point });
    const tree = story && treeOf(story, on);
    // Whose it is makes no difference to who may not see it.
    if (story === undefined || tree === undefined)
      throw new Refusal(404, 'line_unknown', 'Nothing is known of a line of this id.');
    const differences = differencesIn(tree);
    const recomputed = differences.length === 0;
    const standing = standingAt(point, story.position);
    if (query.as === 'sentence') {
      const { lineId, effective } = tree;
      const sentence = sentenceOf(tree, story.state.opened?.calendar.offsets ?? []);
      return { lineId, effective, ...standing, recomputed, sentence };
    }
    headersOfPoint(standing, reply);
    void reply
      .header('x-effective', tree.effective ?? '')
      .header('x-recomputed', String(recomputed));
    if (!acceptsCsv({ request, reply })) return { ...tree, ...standing, recomputed, differences };
    const page = { ...standing, items: rowsOf(tree) };
    return asAccepted<TreeRow, typeof page>(page, TREE_COLUMNS, { request, reply });
  }
}

const TREE_COLUMNS: Columns<TreeRow> = {
  node: ({ node }) => node,
  month: ({ month }) => month,
  account: ({ account }) => account,
  debit: ({ debit }) => debit && BigInt(debit),
  credit: ({ credit }) => credit && BigInt(credit),
  amount: ({ amount }) => amount && BigInt(amount),
  asset: ({ asset }) => asset,
  text: ({ text }) => text,
  event: ({ event }) => event,
  hash: ({ hash }) => hash,
  occurredAt: ({ occurredAt }) => occurredAt,
  recordedAt: ({ recordedAt }) => recordedAt,
};
