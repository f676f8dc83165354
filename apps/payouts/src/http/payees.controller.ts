import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Outcome, instant } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  Refusal,
  type Refusals,
  SAME_PERSON,
  ServiceRuntime,
  untilVisible,
} from '@tributary/platform';
import { DecidePayee, Payees, type Unusable } from '../application/payees';
import type { Validity } from '../domain/account/terms';
import type { PayeeCommand, PayeeRejected } from '../domain/payee/decide';
import { payees } from '../read-model/payees.projection';
import { type PayeeShown, PayeesShown } from '../read-model/payees.queries';
import {
  BankDetailsBody,
  DocumentBody,
  PayeeHoldBody,
  HoldLiftingBody,
  PayeeQuery,
  PayeesQuery,
  PayeeReasonBody,
  TaxProfileBody,
  type ValidityBody,
} from './payees.dto';

const REFUSALS: Refusals<PayeeRejected> = {
  document_unknown: [409, 'The payee has no document of this name on record.'],
  evidence_missing: [422, 'Name at least one document that this rests on.'],
  hold_unknown: [409, 'The payee has no such hold.'],
  no_proposal: [409, 'No bank details wait for confirmation; they have to be proposed first.'],
  proposal_changed: [
    409,
    'Other bank details were proposed since you read these; `proposal` names what waits now.',
  ],
  regime_without_dates: [422, 'Say from when (and until when) the tax regime holds.'],
  same_person: SAME_PERSON,
  too_many: [409, 'The payee has as many of these as it may have, which is `limit`.'],
  validity_reversed: [422, 'It would end before it begins; let `until` be later than `from`.'],
};

/** A key of a partner reaches its own payee alone, and proposes but never confirms. */
@ApiTags('payees')
@Controller('v1/payees')
@Allow('admin', 'finance')
export class PayeesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly desk: Payees,
    private readonly shown: PayeesShown,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post(':partner/bank-details')
  @Allow('admin', 'finance', 'partner')
  @ApiOperation({
    summary: 'Proposes where a partner is paid',
    description:
      'Holds its payments until a second person confirms. What is wrong is said by field and digit, and repeated nowhere. A later proposal takes the place of one that waits.',
  })
  async propose(
    @Caller() caller: Principal,
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() { payee }: BankDetailsBody,
  ): Promise<CommandAnswer> {
    assertOwn(caller, partner);
    const outcome = await this.desk.propose(context, partner, payee);
    return this.answer(outcome, context.newId, { code: 'bank_details_invalid', at: '/payee' });
  }

  @Post(':partner/bank-details/:proposal/confirmation')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Confirms what somebody else has proposed; money goes there from now on',
  })
  async confirm(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Param('proposal') proposal: string,
  ): Promise<CommandAnswer> {
    return await this.decide(context, partner, { type: 'ConfirmBankDetails', proposal });
  }

  @Post(':partner/bank-details/:proposal/withdrawal')
  @HttpCode(200)
  @ApiOperation({ summary: 'Takes a proposal back; what was confirmed before goes on' })
  async withdraw(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Param('proposal') proposal: string,
    @Body() { reason }: PayeeReasonBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, partner, { type: 'WithdrawBankDetails', proposal, reason });
  }

  @Post(':partner/tax-profile')
  @ApiOperation({
    summary: 'Declares how a payee is taxed, with evidence',
    description:
      'A regime exempts only while its declaration holds; after that payments wait for a new one.',
  })
  async declare(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() body: TaxProfileBody,
  ): Promise<CommandAnswer> {
    const { country, kind, document = null, regime = null, regimeHolds, evidence } = body;
    const profile = {
      country,
      kind,
      document,
      regime,
      regimeHolds: regimeHolds ? validityOf(regimeHolds) : null,
      evidence,
    };
    const outcome = await this.desk.declare(context, partner, profile);
    return this.answer(outcome, partner, { code: 'tax_profile_invalid', at: '' });
  }

  @Post(':partner/documents')
  @ApiOperation({ summary: 'Records a document that withholding rules ask for' })
  async record(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() { name, evidence, ...validity }: DocumentBody,
  ): Promise<CommandAnswer> {
    const holds = validityOf(validity);
    return await this.decide(context, partner, { type: 'RecordDocument', name, holds, evidence });
  }

  @Post(':partner/documents/:name/withdrawal')
  @HttpCode(200)
  @ApiOperation({ summary: 'Does without a document that turned out to be wrong' })
  async withdrawDocument(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Param('name') name: string,
    @Body() { reason }: PayeeReasonBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, partner, { type: 'WithdrawDocument', name, reason });
  }

  @Post(':partner/holds')
  @ApiOperation({ summary: 'Holds payments until something is there, and names it' })
  async hold(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() { reason, ...missing }: PayeeHoldBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, partner, { type: 'PlaceHold', missing, reason });
  }

  @Post(':partner/holds/lifting')
  @HttpCode(200)
  @ApiOperation({ summary: 'Lifts a hold, with evidence of what was missing' })
  async lift(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() { reason, evidence, ...missing }: HoldLiftingBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, partner, { type: 'LiftHold', missing, reason, evidence });
  }

  @Get()
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({ summary: 'Payees, with what is missing and who shares an account' })
  async list(@Caller() { tenant }: Principal, @Query() query: PayeesQuery) {
    await untilVisible(this.runtime, [payees.name], query);
    const { hold, shared, after = '', limit } = query;
    const isShared = shared === undefined ? undefined : shared === 'true';
    return await this.shown.page({ tenant, hold, isShared, after, limit });
  }

  @Get(':partner')
  @Allow('admin', 'finance', 'auditor', 'partner')
  @ApiOperation({ summary: 'Where a partner is paid, masked, and what is missing' })
  async find(
    @Caller() caller: Principal,
    @Param('partner') partner: string,
    @Query() query: PayeeQuery,
  ) {
    assertOwn(caller, partner);
    await untilVisible(this.runtime, [payees.name], query);
    const { found, position } = await this.shown.find(caller.tenant, partner);
    if (!found) throw new Refusal(404, 'payee_unknown', 'Nobody has said where it is paid.');
    return { ...seenBy(caller, found), position };
  }

  @Get(':partner/history')
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({ summary: 'Everything that was proposed, confirmed and declared, and by whom' })
  async history(@Caller() { tenant }: Principal, @Param('partner') partner: string) {
    return await this.shown.history(tenant, partner);
  }

  private async decide(
    context: CommandContext,
    partner: string,
    what: PersonsCommand,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt } = context;
    const command = { ...what, partner, by: cause.actor, receivedAt } as PayeeCommand;
    const outcome = await this.commands.execute(new DecidePayee(command, context));
    return answerOf(outcome, { service: this.runtime.name, id: partner }, REFUSALS);
  }

  private answer(
    outcome: Outcome<PayeeRejected> | Unusable,
    id: string,
    { code, at }: { readonly code: string; readonly at: string },
  ): CommandAnswer {
    if ('faults' in outcome) {
      const errors = outcome.faults.map(({ pointer, ...fault }) => ({
        pointer: `${at}${pointer}`,
        ...fault,
      }));
      throw new Refusal(422, code, 'What was typed cannot be used; see errors.', { errors });
    }
    return answerOf(outcome, { service: this.runtime.name, id }, REFUSALS);
  }
}

/** Whose they are, who says so and when is the same for all of them. */
type PersonsCommand = PayeeCommand extends infer C
  ? C extends PayeeCommand
    ? Omit<C, 'by' | 'partner' | 'receivedAt'>
    : never
  : never;

function assertOwn({ role, partnerId }: Principal, partner: string): void {
  if (role === 'partner' && partner !== partnerId)
    throw new Refusal(403, 'not_your_partner', 'A key of a partner reaches that partner alone.');
}

/** Who else is paid to the same account is no partner's business. */
function seenBy({ role }: Principal, payee: PayeeShown): Partial<PayeeShown> {
  if (role !== 'partner') return payee;
  const { sharedWith: _others, ...own } = payee;
  return own;
}

const validityOf = ({ from, until }: ValidityBody): Validity => ({
  from: instant(from),
  until: until === null || until === undefined ? null : instant(until),
});
