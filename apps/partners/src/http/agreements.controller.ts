import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { MAIN_PROGRAMME } from '@tributary/contracts';
import { type Instant, instant } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  type Refusals,
  SAME_PERSON,
} from '@tributary/platform';
import { DecideAgreement } from '../application/commands';
import { Reading } from '../application/reading';
import type { AgreementCommand, AgreementRejected } from '../domain/agreement/commands';
import {
  AgreementsQuery,
  AgreementAmendmentBody,
  AgreementApprovalBody,
  AgreementEndingBody,
  AgreementSignatureBody,
  NewAgreementBody,
} from './agreements.dto';
import { RegistryQuery } from './bodies';
import { sent, timeAs } from './fields';
import { NOT_IN_HISTORY, SERVICE } from './statuses';

const REFUSALS: Refusals<AgreementRejected> = {
  agreement_exists: [409, 'There is an agreement of this id already.'],
  agreement_unknown: [404, 'There is no agreement of this id.'],
  already_signed: [409, 'This party has signed this version already; a wording is signed once.'],
  before_start: [
    422,
    'The agreement begins at the time that `startsFrom` names; nothing of it can hold before.',
  ],
  decided_before_last: [
    409,
    'Decisions follow one another: this one has to come after the last, which was at `last`.',
  ],
  decided_in_future: [
    422,
    'What is decided has been decided: name the present or an earlier time.',
  ],
  ends_before_start: [
    422,
    'The agreement would end before it begins; let it end later than `from`.',
  ],
  history_full: NOT_IN_HISTORY.history_full,
  not_pending: [
    409,
    'This version does not wait for approval (any more); `pending` names the one that does, if any.',
  ],
  notice_not_kept: [
    422,
    'The other side has to be given notice: let the change begin at `earliest` or later.',
  ],
  nothing_to_change: NOT_IN_HISTORY.nothing_to_change,
  own_parent: [422, 'A partner cannot be its own parent.'],
  same_person: SAME_PERSON,
  signed_in_future: [422, 'What is signed has been signed: name the present or an earlier time.'],
  split_twice: [422, 'Each partner stands in a split once; add the shares of this one up.'],
  splits_do_not_sum: [
    422,
    'The shares of a split add up to 10000 basis points; `sumBp` is what they come to.',
  ],
  version_unknown: [422, 'There is no such version; the latest is `latest`.'],
  wrong_status: [
    409,
    'That is possible only for an agreement with a status that `allowed` names; this one is as `status` says.',
  ],
};

const TERMS = ['plan', 'splits', 'parent', 'exclusivity', 'currency', 'term'] as const;
const NO_TERMS = {
  plan: null,
  splits: [],
  parent: null,
  exclusivity: null,
  currency: null,
} as const;

@ApiTags('agreements')
@Controller('v1/agreements')
@Allow('admin', 'programme')
export class AgreementsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly reading: Reading,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Drafts an agreement with a partner',
    description: 'It governs nothing before a second person approves it.',
  })
  async draft(
    @Idempotent() context: CommandContext,
    @Body() body: NewAgreementBody,
  ): Promise<CommandAnswer> {
    const { id = context.newId, partner, programme = MAIN_PROGRAMME } = body;
    const terms = { ...NO_TERMS, ...termsIn(body), partner, programme };
    return await this.decide(context, {
      type: 'DraftAgreement',
      terms,
      ...deciding(id, context, body),
      ...timeAs('effectiveFrom', body.effectiveFrom),
    });
  }

  @Post(':agreement/amendments')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Proposes other terms, of a draft or from some sales on',
    description:
      'They hold once a second person approves them. A new proposal takes the place of the last.',
  })
  async amend(
    @Idempotent() context: CommandContext,
    @Param('agreement') agreement: string,
    @Body() body: AgreementAmendmentBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, {
      type: 'ProposeAmendment',
      changed: termsIn(body),
      ...deciding(agreement, context, body),
      ...timeAs('effectiveFrom', body.effectiveFrom),
    });
  }

  @Post(':agreement/approvals')
  @HttpCode(200)
  @ApiOperation({ summary: 'Approves what somebody else has drafted or proposed' })
  async approve(
    @Idempotent() context: CommandContext,
    @Param('agreement') agreement: string,
    @Body() body: AgreementApprovalBody,
  ): Promise<CommandAnswer> {
    const { version } = body;
    return await this.decide(context, {
      type: 'ApproveAgreement',
      version,
      ...deciding(agreement, context, body),
    });
  }

  @Post(':agreement/endings')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends an agreement from some sales on, or gives up a draft' })
  async end(
    @Idempotent() context: CommandContext,
    @Param('agreement') agreement: string,
    @Body() body: AgreementEndingBody,
  ): Promise<CommandAnswer> {
    const { reason, cause } = body;
    return await this.decide(context, {
      type: 'EndAgreement',
      reason,
      ...(cause !== undefined && { cause }),
      ...deciding(agreement, context, body),
      ...timeAs('effectiveFrom', body.effectiveFrom),
    });
  }

  @Post(':agreement/signatures')
  @ApiOperation({
    summary: 'Records that one side has signed one wording',
    description:
      'With the reference of the document and the hash of its bytes; it names no person.',
  })
  async sign(
    @Idempotent() context: CommandContext,
    @Param('agreement') agreement: string,
    @Body() { version, party, signedAt, document }: AgreementSignatureBody,
  ): Promise<CommandAnswer> {
    const { reference, sha256 } = document;
    return await this.decide(context, {
      type: 'SignAgreement',
      version,
      party,
      signedAt: instant(signedAt),
      document: { reference, sha256 },
      ...deciding(agreement, context, {}),
    });
  }

  @Get()
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'All agreements, as they govern sales of a time' })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: AgreementsQuery,
  ) {
    const { status, partner, programme, ...page } = query;
    const filters = { status, partner, programme };
    return await this.reading.page('agreement', { ...page, tenant, askedAt, filters });
  }

  @Get(':agreement')
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'An agreement, what is pending, and the whole history' })
  async find(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('agreement') agreement: string,
    @Query() query: RegistryQuery,
  ) {
    return await this.reading.find('agreement', agreement, { ...query, tenant, askedAt });
  }

  private async decide(context: CommandContext, command: AgreementCommand): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecideAgreement(command, context));
    return answerOf(outcome, { service: SERVICE, id: command.agreement }, REFUSALS);
  }
}

/** A time of a body is a text, and that of an event is an instant of one form. */
function termsIn(body: AgreementAmendmentBody) {
  const { term, ...terms } = sent(body, TERMS);
  if (term === undefined) return terms;
  if (term === null) return { ...terms, term };
  const until = term.until === null ? null : instant(term.until);
  return { ...terms, term: { until, noticeDays: term.noticeDays } };
}

const deciding = (
  agreement: string,
  { cause, receivedAt }: CommandContext,
  { decidedAt }: { readonly decidedAt?: string },
) => ({ agreement, by: cause.actor, receivedAt, ...timeAs('decidedAt', decidedAt) });
