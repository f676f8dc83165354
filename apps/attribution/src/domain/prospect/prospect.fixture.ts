import { DEFAULT_CLAIMS, DEFAULT_PROGRAMME, type ClaimSettings } from '@tributary/contracts';
import { type Instant, instant, uuidV5 } from '@tributary/kernel';
import type { FactRef } from '../evidence';
import type {
  AdjudicateConflict,
  DecideClaim,
  JudgeClaim,
  LearnClaimTerm,
  ProspectCommand,
  ProspectRejected,
  RegisterClaim,
  WithdrawClaim,
} from './commands';
import { prospect } from './decide';
import { type CompanyKey, prospectOf } from './events';
import type { ClaimStanding, ProspectEvent } from './events';
import type { Prospect } from './evolve';

export const KEY: CompanyKey = { kind: 'company', id: 'c1' };
export const PROSPECT = prospectOf('acme', 'main', KEY);

/** Monday, 2 March 2026, at noon, and so many days later. */
export const day = (days: number, time = '12:00:00'): Instant =>
  instant(`${new Date(Date.UTC(2026, 2, 2 + days)).toISOString().slice(0, 10)}T${time}Z`);

export const factOf = (name: string): FactRef => ({ factId: uuidV5('fact', name), hash: 'h' });

export const registered = (
  lead: string,
  partner: string,
  at: Instant,
  more: Partial<RegisterClaim> = {},
): RegisterClaim => ({
  type: 'RegisterClaim',
  prospect: PROSPECT,
  programme: 'main',
  key: KEY,
  lead,
  partner,
  at,
  fact: factOf(`registered ${lead}`),
  about: { name: 'Contoso', domain: 'contoso.example', product: 'suite', territory: 'BR' },
  complete: true,
  ...more,
});

export const reported = (
  lead: string,
  decision: DecideClaim['decision'],
  at: Instant,
  more: Partial<DecideClaim> = {},
): DecideClaim => ({
  type: 'DecideClaim',
  prospect: PROSPECT,
  lead,
  decision,
  rules: ['territory'],
  decidedBy: 'crm',
  at,
  fact: factOf(`${decision} ${lead}`),
  ...more,
});

export const takenBack = (lead: string, factId: string, at: Instant): WithdrawClaim => ({
  type: 'WithdrawClaim',
  prospect: PROSPECT,
  lead,
  factId,
  by: factOf(`retraction of ${factId}`),
  at,
});

export const judged = (
  lead: string,
  verdict: JudgeClaim['verdict'],
  at: Instant,
  more: Partial<JudgeClaim> = {},
): JudgeClaim => ({
  type: 'JudgeClaim',
  prospect: PROSPECT,
  lead,
  verdict,
  reason: 'called them',
  by: 'ana',
  at,
  ...more,
});

export const adjudicated = (conflict: string, winner: string, at: Instant): AdjudicateConflict => ({
  type: 'AdjudicateConflict',
  prospect: PROSPECT,
  conflict,
  winner,
  reason: 'first to meet the buyer',
  evidence: ['minutes-2026-03-09'],
  by: 'ana',
  at,
});

export function settingsTold(
  claims: Partial<ClaimSettings>,
  zone = 'UTC',
  revision = 1,
): LearnClaimTerm {
  const value = { ...DEFAULT_PROGRAMME, zone, claims: { ...DEFAULT_CLAIMS, ...claims } };
  const steps = [{ at: instant('2026-01-01T00:00:00Z'), value }];
  const data = { programme: 'main', steps };
  return {
    type: 'LearnClaimTerm',
    prospect: PROSPECT,
    topic: 'programme:main',
    key: 'main',
    revision,
    data: JSON.parse(JSON.stringify(data)) as LearnClaimTerm['data'],
  };
}

/** A prospect at work, as the runner drives it: every command, and every step that it leaves. */
export class Played {
  state: Prospect = prospect.initial;
  readonly events: ProspectEvent[] = [];

  constructor(...commands: readonly ProspectCommand[]) {
    for (const command of commands) this.do(command);
  }

  do(command: ProspectCommand): readonly ProspectEvent[] {
    const decision = prospect.decide(command, this.state);
    if ('rejected' in decision) throw new Error(`refused: ${decision.rejected.code}`);
    const happened = [...decision.events];
    this.take(decision.events);
    for (let more = this.step(); more.length > 0; more = this.step()) {
      happened.push(...more);
      this.take(more);
    }
    return happened;
  }

  refusal(command: ProspectCommand): ProspectRejected | undefined {
    const decision = prospect.decide(command, this.state);
    return 'rejected' in decision ? decision.rejected : undefined;
  }

  claim(lead: string): ClaimStanding {
    const claim = this.state.told.claims[lead];
    if (!claim) throw new Error(`no claim of ${lead}`);
    return claim;
  }

  /** Of the only conflict, or of the one at this place. */
  conflict(i = 0) {
    const found = Object.values(this.state.told.conflicts)[i];
    if (!found) throw new Error('no conflict');
    return { id: found.conflict.conflict, ...found };
  }

  private step(): readonly ProspectEvent[] {
    return prospect.step?.(this.state) ?? [];
  }

  private take(events: readonly ProspectEvent[]): void {
    this.events.push(...events);
    this.state = events.reduce(prospect.evolve, this.state);
  }
}
