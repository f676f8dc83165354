import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, type JsonObject, canonicalJson } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  type FieldError,
  Idempotent,
  momentOf,
  OF_A_DRAFT,
  pointAsked,
  type Principal,
  Public,
  Refusal,
  type Refusals,
  ServiceRuntime,
  untilVisible,
  validationFailed,
} from '@tributary/platform';
import { ENGINE } from '../../engines/v1/engine';
import { DecidePlan, planOf } from '../application/plans';
import { type PlanCommand, type PlanRejected, planHash } from '../domain/plan/decide';
import type { Finding } from '../domain/plan/lint/finding';
import { lint } from '../domain/plan/lint/lint';
import { type PlanDocument, versionOf } from '../domain/plan/plan-document';
import { PLAN_SCHEMA } from '../domain/plan/schema/plan-schema';
import { STARTERS } from '../domain/plan/starters/starters';
import { plans } from '../read-model/plans.projection';
import { type PlanShown, Plans } from '../read-model/plans.queries';
import { checkPlan } from './plans.check';
import { PlanApprovalBody, PlanAsOfQuery, PlansQuery } from './plans.dto';

const REFUSALS: Refusals<PlanRejected> = {
  ...OF_A_DRAFT,
  lint_errors: [
    422,
    'The plan has errors; see errors. Those that are overridable can be lifted with a reason.',
  ],
  plan_too_large: [
    422,
    'The plan is larger than an event may be; `limit` says how many bytes it may have.',
  ],
  telling_too_large: [
    409,
    'This version and those that start after it do not fit into one event together.',
  ],
  version_not_next: [
    409,
    'Versions follow one another: the next one is `next`. Name it, or leave the version out.',
  ],
  warnings_unacknowledged: [422, 'Acknowledge the warnings by their codes; see errors.'],
};

const A_PLAN = {
  schema: { type: 'object', additionalProperties: true },
  description: 'A version of a plan, as GET /v1/plan-schema describes it.',
  examples: Object.fromEntries(
    STARTERS.map(({ id, title, plan }) => [id, { summary: title, value: plan }]),
  ),
};

@ApiTags('plans')
@Controller('v1/plans')
@Allow('admin', 'programme')
export class PlansController {
  constructor(
    private readonly commands: CommandBus,
    private readonly plans: Plans,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @ApiBody(A_PLAN)
  @ApiOperation({
    summary: 'Drafts the next version of a plan',
    description:
      'Nobody is paid by it before a second person approves it. A new draft takes the place of one that waits.',
  })
  async draft(
    @Idempotent() { cause, tenant, receivedAt }: CommandContext,
    @Body() body: unknown,
  ): Promise<CommandAnswer> {
    return await this.decide(
      { cause, tenant },
      { type: 'DraftPlanVersion', document: documentOf(body), by: cause.actor, receivedAt },
    );
  }

  @Post('lint')
  @HttpCode(200)
  @Allow('admin', 'programme', 'finance')
  @ApiBody(A_PLAN)
  @ApiOperation({
    summary: 'What is wrong with a version, and what is unusual, without keeping it',
    description: 'An error refuses the approval; a warning has to be acknowledged by its code.',
  })
  async lint(@Caller() { tenant }: Principal, @AskedAt() askedAt: Instant, @Body() body: unknown) {
    const checked = checkPlan(asObject(body));
    if ('errors' in checked) {
      if (checked.errors.length > 0) throw invalidPlan(checked.errors, checked.later);
      return { hash: null, findings: checked.later };
    }
    const { document } = checked;
    const { found } = await this.plans.find(tenant, document.planId);
    const plan = versionOf(document, (found?.versions.length ?? 0) + 1);
    return { hash: planHash(plan), findings: lint({ plan, ...judgedBy(found, askedAt) }) };
  }

  @Post(':plan/approvals')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Approves what somebody else has drafted, which publishes it',
    description:
      'The lint is asked again. Errors refuse the approval, unless they are of those that can be lifted with a reason; warnings are acknowledged by their codes.',
  })
  async approve(
    @Idempotent() { cause, tenant, receivedAt }: CommandContext,
    @Param('plan') plan: string,
    @Body() { hash, acknowledge = [], override }: PlanApprovalBody,
  ): Promise<CommandAnswer> {
    return await this.decide(
      { cause, tenant },
      {
        type: 'ApprovePlanVersion',
        plan,
        hash,
        acknowledge,
        override: override ? { codes: override.codes, reason: override.reason } : null,
        engine: ENGINE,
        by: cause.actor,
        receivedAt,
      },
    );
  }

  @Get()
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'Your plans, and what waits for a second person' })
  async list(@Caller() { tenant }: Principal, @Query() query: PlansQuery) {
    await untilVisible(this.runtime, [plans.name], query);
    const { after = '', limit } = query;
    return await this.plans.page(tenant, after, limit);
  }

  @Get(':plan')
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({
    summary: 'A plan with all its versions, and the draft that waits with what its lint says now',
    description:
      'With `on`, `known` or `position`: as it was known then, and in `governs` the version that governed a sale paid at `on`.',
  })
  async find(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('plan') plan: string,
    @Query() query: PlanAsOfQuery,
  ) {
    const point = await pointAsked(this.runtime, [plans.name], query);
    if (point || query.on !== undefined) {
      const on = momentOf(query.on, point?.known ?? askedAt);
      const asOf = await this.plans.asOf(tenant, plan, { on, point });
      if (asOf) return asOf;
      throw unknownPlan();
    }
    const { found, position } = await this.plans.find(tenant, plan);
    if (!found) throw unknownPlan();
    const { draft } = found;
    const findings = draft && lint({ plan: draft.content, ...judgedBy(found, askedAt) });
    return { ...found, draft: draft && { ...draft, findings }, position };
  }

  private async decide(
    context: Pick<CommandContext, 'cause' | 'tenant'>,
    command: PlanCommand,
  ): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecidePlan(command, context));
    if (outcome.kind === 'rejected' && 'findings' in outcome.rejected)
      throw refusedBy(outcome.rejected);
    return answerOf(outcome, { service: this.runtime.name, id: planOf(command) }, REFUSALS);
  }
}

const unknownPlan = (): Refusal =>
  new Refusal(404, 'plan_unknown', 'Nobody has drafted a plan of this name.');

/** The same for everybody, so that an editor can be set up before there is a key. */
@ApiTags('plans')
@Controller('v1')
@Public()
export class PlanLanguageController {
  @Get('plan-schema')
  @ApiOperation({
    summary: 'The JSON Schema of a plan version',
    description: 'Name it in `$schema`, and an editor explains and checks what you write.',
  })
  schema() {
    return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...PLAN_SCHEMA };
  }

  @Get('plan-starters')
  @ApiOperation({ summary: 'Plans to begin with; each can be published as it is' })
  starters() {
    return { starters: STARTERS };
  }
}

function documentOf(body: unknown): PlanDocument {
  const checked = checkPlan(asObject(body));
  if ('document' in checked) return checked.document;
  throw invalidPlan(checked.errors, checked.later);
}

function asObject(body: unknown): JsonObject {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    const document = body as JsonObject;
    // What no event may hold has no place in a plan either: NUL, half a character, a fraction.
    canonicalJson(document);
    return document;
  }
  throw validationFailed([{ pointer: '', code: 'wrong_type', detail: 'A plan is an object.' }]);
}

const invalidPlan = (errors: readonly FieldError[], later: readonly Finding[]): Refusal =>
  validationFailed([...later.map(asError), ...errors]);

const asError = ({ pointer, code, detail }: Finding): FieldError => ({ pointer, code, detail });

/** What a second person cannot approve, with everything that was found in `facts`. */
function refusedBy({ code, findings }: Extract<PlanRejected, { findings: unknown }>): Refusal {
  const [status, detail] = REFUSALS[code];
  return new Refusal(status, code, detail, { errors: findings.map(asError), facts: { findings } });
}

const judgedBy = (found: PlanShown | null, now: Instant) => ({
  published: (found?.versions ?? []).map(({ content }) => content),
  now,
});
