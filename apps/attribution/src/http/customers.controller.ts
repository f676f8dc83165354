import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, instant } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  asAccepted,
  AskedAt,
  AsOfQuery,
  Caller,
  type Columns,
  type CommandAnswer,
  type CommandContext,
  headersOfPoint,
  Idempotent,
  type LogPoint,
  momentOf,
  pointAsked,
  type Principal,
  Refusal,
  type Refusals,
  ServiceRuntime,
  standingAt,
  untilVisible,
} from '@tributary/platform';
import { Privacy } from '@tributary/privacy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdjudicateCredit } from '../application/customers';
import type { CustomerRejected } from '../domain/customer/commands';
import { type CustomerRow, type CustomersPage, Cases } from '../read-model/cases.queries';
import { type CustomerFile, caseOf } from '../read-model/customer-case';
import { partnerCredit } from '../read-model/partner-credit.projection';
import { DECISION_COLUMNS, decisionRow, pageOfDecisions } from './credit-history';
import { CaseQuery, CreditAdjudicationBody, CustomersQuery, DecisionsQuery } from './customers.dto';

const REFUSALS: Refusals<CustomerRejected> = {
  evidence_missing: [422, 'Name the facts that this rests on, or say in `note` what it rests on.'],
  part_twice: [422, 'A partner has one part in each role; add the parts of this one up.'],
  reason_missing: [422, 'Say why: the reason stands beside the decision for good.'],
  split_not_whole: [
    422,
    'The weights are whole basis points above zero and add up to 10000; `sum` is what they come to.',
  ],
};

/** What one answer shows of a case, the latest; all decisions are listed under an address of their own. */
const MOST_PIECES = 2_000;
const MOST_DECISIONS = 200;

@ApiTags('customers')
@Controller('v1/customers')
@Allow('programme', 'admin', 'auditor', 'finance')
export class CustomersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly cases: Cases,
    private readonly privacy: Privacy,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Customers, and who is credited with them',
    description: '`ref` finds one by your own id. Answers CSV to who accepts it.',
  })
  async list(
    @Caller() { tenant }: Principal,
    @Query() query: CustomersQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CustomersPage | string> {
    const { ref, token: _token, timeoutMs: _timeoutMs, ...asked } = query;
    const customer = ref === undefined ? {} : { customer: await this.pseudonymOf(tenant, ref) };
    await untilVisible(this.runtime, [partnerCredit.name], query);
    const page = await this.cases.page({ ...asked, ...customer, tenant });
    return asAccepted(page, CUSTOMER_COLUMNS, { request, reply });
  }

  @Get(':customer')
  @ApiOperation({
    summary:
      'The case of a customer: the evidence in its order, who is credited, and why nobody else',
    description:
      '`on` asks what held at a time of the world, `known` what we knew at a time of our own. Shows the latest 2,000 of `pieces` ' +
      'and the latest 200 decisions.',
  })
  async find(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('customer') customer: string,
    @Query() query: CaseQuery,
  ) {
    const { file, standing } = await this.fileOf(tenant, customer, query);
    const on = momentOf(query.on, askedAt);
    const { evidence, ...found } = caseOf(file, on);
    return {
      ...standing,
      ...found,
      pieces: evidence.length,
      evidence: evidence.slice(-MOST_PIECES),
      history: file.decisions.slice(-MOST_DECISIONS).map(decisionRow),
    };
  }

  @Get(':customer/decisions')
  @ApiOperation({
    summary: 'Every decision about a customer, as it was recorded',
    description: 'The first in front. Answers CSV to who accepts it.',
  })
  async decisions(
    @Caller() { tenant }: Principal,
    @Param('customer') customer: string,
    @Query() query: DecisionsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { file, standing } = await this.fileOf(tenant, customer, query);
    headersOfPoint(standing, reply);
    const page = { ...standing, ...pageOfDecisions(file, query) };
    return asAccepted(page, DECISION_COLUMNS, { request, reply });
  }

  @Get(':customer/decisions/:decision')
  @ApiOperation({ summary: 'A decision with all its evidence, as a line or a case names it' })
  async decision(
    @Caller() { tenant }: Principal,
    @Param('customer') customer: string,
    @Param('decision') decision: string,
    @Query() query: AsOfQuery,
  ) {
    const { file, standing } = await this.fileOf(tenant, customer, query);
    const found = file.decisions.find((each) => each.decision.decision === decision);
    if (found === undefined)
      throw new Refusal(404, 'decision_unknown', 'Nothing was decided under this id.');
    const { decision: decided, recordedAt, occurredAt } = found;
    return { ...standing, recordedAt, occurredAt, ...decided };
  }

  @Post(':customer/adjudications')
  @HttpCode(200)
  @Allow('programme', 'admin')
  @ApiOperation({
    summary: 'Decides who is credited with a customer, or with a deal of it',
    description:
      'Stands above every rule, and governs what is paid from `from` on. Only a later adjudication changes it.',
  })
  async adjudicate(
    @Idempotent() context: CommandContext,
    @Param('customer') customer: string,
    @Body() body: CreditAdjudicationBody,
  ): Promise<CommandAnswer> {
    if (!(await this.cases.exists(context.tenant, customer))) throw unknownCustomer();
    const { deal = null, from, parts, reason, evidence = [], note = null } = body;
    const adjudication = context.newId;
    const outcome = await this.commands.execute(
      new AdjudicateCredit(
        {
          type: 'AdjudicateCredit',
          customer,
          adjudication,
          deal,
          from: instant(from),
          parts: parts.map(({ partner, role, bp }) => ({ partner, role, weight: bp })),
          reason,
          evidence,
          note,
          by: context.cause.actor,
          at: context.receivedAt,
        },
        context,
      ),
    );
    return answerOf(outcome, { service: this.runtime.name, id: adjudication }, REFUSALS);
  }

  private async pseudonymOf(tenant: string, value: string): Promise<string> {
    const personal = await this.privacy.of(tenant);
    const customer = await personal.find({ kind: 'customer', value });
    if (customer === undefined) throw unknownCustomer();
    return customer;
  }

  private async fileOf(tenant: string, customer: string, query: AsOfQuery): Promise<Found> {
    // Read from the log itself, which shows a write as soon as it is answered.
    const point = await pointAsked(this.runtime, [], query);
    const file = await this.cases.file(tenant, customer, point);
    if (file === undefined) throw unknownCustomer();
    return { file, standing: standingAt(point, file.position) };
  }
}

interface Found {
  readonly file: CustomerFile;
  readonly standing: LogPoint;
}

const unknownCustomer = (): Refusal =>
  new Refusal(404, 'customer_unknown', 'No event of your tenant was about this customer.');

const CUSTOMER_COLUMNS: Columns<CustomerRow> = {
  customer: ({ customer }) => customer,
  canonical: ({ canonical }) => canonical,
  programme: ({ programme }) => programme,
  signedUpAt: ({ signedUpAt }) => signedUpAt,
  firstPaidAt: ({ firstPaidAt }) => firstPaidAt,
  customerType: ({ customerType }) => customerType,
  country: ({ country }) => country,
  segment: ({ segment }) => segment,
  rung: ({ credits: [general] }) => general?.rung,
  decision: ({ credits: [general] }) => general?.decision,
  sourced: ({ credits: [general] }) =>
    general?.parts.map(({ partner, role, weight }) => `${partner}:${role}:${weight}`).join(' '),
  influenced: ({ credits: [general] }) => general?.influenced.join(' '),
  unattributed: ({ credits: [general] }) => general?.unattributed,
};
