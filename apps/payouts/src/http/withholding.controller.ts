import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { instant } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  asAccepted,
  Caller,
  type Columns,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  invalidCursor,
  limitAsked,
  type Principal,
  readCursor,
  Refusal,
  type Refusals,
  SAME_PERSON,
  ServiceRuntime,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DecideTax, readTaxes } from '../application/withholding';
import type { RuleFlaw } from '../domain/withholding/check-rules';
import type { TaxCommand, TaxRejected } from '../domain/withholding/decide';
import type { WithholdingRule } from '../domain/withholding/rules';
import { STARTER_RULES } from '../domain/withholding/starter';
import { payees } from '../read-model/payees.projection';
import { withholding } from '../read-model/withholding.projection';
import {
  REGISTER_KEY_LENGTH,
  type RegisterRow,
  WithholdingRegister,
} from '../read-model/withholding.queries';
import { readMonths } from './withholding.asked';
import { ActivationBody, RegisterQuery, type RuleBody, RulesBody } from './withholding.dto';

const REFUSALS: Refusals<TaxRejected> = {
  no_proposal: [409, 'No rules wait for approval; they have to be proposed first.'],
  proposal_changed: [
    409,
    'Other rules were proposed since you read these. Read them, and name the hash that `proposal` shows.',
  ],
  rules_invalid: [422, 'The rules cannot be used as they are worded; see errors.'],
  same_person: SAME_PERSON,
};

@ApiTags('withholding')
@Controller('v1')
@Allow('admin', 'finance')
export class WithholdingController {
  constructor(
    private readonly commands: CommandBus,
    private readonly register: WithholdingRegister,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post('withholding/:entity/proposals')
  @ApiOperation({
    summary: 'Proposes what an entity keeps back of its payments',
    description:
      'All rules at once, each with worked examples that have to come out. They govern nothing before a second person activates them. Without rules for a payee its payments wait, and name the rule that is missing.',
  })
  async propose(
    @Idempotent() context: CommandContext,
    @Param('entity') entity: string,
    @Body() { effectiveFrom, source, rules }: RulesBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt } = context;
    return await this.decide(context, {
      type: 'ProposeRules',
      entity,
      effectiveFrom: instant(effectiveFrom),
      rules: rules.map(ruleOf),
      source,
      by: cause.actor,
      receivedAt,
    });
  }

  @Post('withholding/:entity/activations')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Activates what somebody else has proposed',
    description: 'Runs that were locked before keep the rules that they were computed by.',
  })
  async activate(
    @Idempotent() context: CommandContext,
    @Param('entity') entity: string,
    @Body() { hash }: ActivationBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt } = context;
    const by = cause.actor;
    return await this.decide(context, { type: 'ActivateRules', entity, hash, by, receivedAt });
  }

  @Get('withholding/:entity')
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({ summary: 'The rules of an entity with all versions, and what waits' })
  async find(@Caller() { tenant }: Principal, @Param('entity') entity: string) {
    const { taxes, position } = await readTaxes(this.runtime.log, tenant, entity);
    return { entity, ...taxes, position };
  }

  @Get('withholding-starters')
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({ summary: 'Rules to begin with; configure them with your accountant' })
  starters() {
    return { starters: STARTER_RULES };
  }

  @Get('reports/withholding')
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({
    summary: 'What was kept back, by payee, tax and month of payment',
    description:
      'Net of what came back, each movement in the month in which it happened, with what of it the tax authority was paid for the month. ' +
      'A month is remitted by what `/v1/reports/withholding/items` says, which goes by the month in which a payment was instructed last. `totals` are over everything that was asked for; over all months ' +
      '`owed` is what `account` stands at, and `recoverable` what Assets:TaxRecoverable does, at `position`. What single partners and items have of a remittance follows a moment after it. ' +
      'Asked with `known` or `position`, as it was known there. Answers CSV to who accepts it.',
  })
  async registerOf(
    @Caller() { tenant }: Principal,
    @Query() query: RegisterQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await readMonths(this.runtime, {
      tenant,
      query,
      limit: limitAsked(query, { request, reply }),
      shown: [withholding.name, payees.name],
      readAfter: readRegisterCursor,
      page: (asked) => this.register.page(asked),
    });
    return asAccepted<RegisterRow, typeof page>(page, REGISTER_COLUMNS, { request, reply });
  }

  private async decide(context: CommandContext, command: TaxCommand): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecideTax(command, context));
    if (outcome.kind === 'rejected' && outcome.rejected.code === 'rules_invalid')
      throw invalidRules(outcome.rejected.flaws);
    return answerOf(outcome, { service: this.runtime.name, id: command.entity }, REFUSALS);
  }
}

function readRegisterCursor(cursor: string): readonly string[] {
  const key = readCursor(cursor, REGISTER_KEY_LENGTH);
  // The rate stands last, and the database compares it as a number.
  if (!/^[0-9]{1,5}$/.test(key.at(-1) ?? '')) throw invalidCursor();
  return key;
}

const ruleOf = ({ from, until, examples, ...rule }: RuleBody): WithholdingRule => ({
  ...rule,
  from: instant(from),
  until: until === null || until === undefined ? null : instant(until),
  examples: examples.map(({ gross, regime = null, withheld }) => ({ gross, regime, withheld })),
});

/** Each flaw where the body has it. */
function invalidRules(flaws: readonly RuleFlaw[]): Refusal {
  const errors = flaws.map(({ pointer, ...flaw }) => ({ pointer: `/rules${pointer}`, ...flaw }));
  const [status, detail] = REFUSALS.rules_invalid;
  return new Refusal(status, 'rules_invalid', detail, { errors });
}

const REGISTER_COLUMNS: Columns<RegisterRow> = {
  month: ({ month }) => month,
  partner: ({ partner }) => partner,
  document: ({ document }) => document,
  entity: ({ entity }) => entity,
  asset: ({ asset }) => asset,
  tax: ({ tax }) => tax,
  rule: ({ rule }) => rule,
  rateBp: ({ rateBp }) => rateBp,
  items: ({ items }) => items,
  base: ({ base }) => BigInt(base),
  instructed: ({ instructed }) => BigInt(instructed),
  reversed: ({ reversed }) => BigInt(reversed),
  withheld: ({ withheld }) => BigInt(withheld),
  recoverable: ({ recoverable }) => BigInt(recoverable),
  remitted: ({ remitted }) => BigInt(remitted),
  owed: ({ owed }) => BigInt(owed),
  recovered: ({ recovered }) => BigInt(recovered),
};
