import { Injectable } from '@nestjs/common';
import { CodedError } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import {
  type Erased,
  type PersonalData,
  Privacy,
  type Sealed,
  type SubjectKey,
} from '@tributary/privacy';
import { payee } from '../domain/payee/decide';
import { type PayeeEvent, payeeStreamOf } from '../domain/payee/events';
import type { OpenPayee } from '../rails/rail';
import { PAYEE_FIELD, PAYOUT, placeOf } from './payees';

/** Details that two persons have confirmed, by their count. */
export interface PayeeVersion {
  readonly partner: string;
  readonly version: number;
}

interface SealedPayee {
  readonly subject: string;
  readonly sealed: Sealed;
}

const FIND = `select w.ordinal, p.subject, p.sealed
  from unnest($2::text[], $3::int[]) with ordinality as w (partner, version, ordinal)
  join payee_method m on m.tenant = $1 and m.partner = w.partner and m.version = w.version
  join payee_proposal p on p.tenant = $1 and p.partner = m.partner and p.proposal = m.proposal`;

/** Opens where money goes, for the moment of writing it into a file. What it gives is not stored and not logged. */
@Injectable()
export class PayeeOpening {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly privacy: Privacy,
  ) {}

  /** Rejects with `erased`, or with `payee_unknown` for details that nobody has confirmed. */
  async open(tenant: string, wanted: PayeeVersion): Promise<OpenPayee> {
    const [opened] = await this.openAll(tenant, [wanted]);
    if (opened?.status === 'fulfilled') return opened.value;
    throw opened?.reason;
  }

  /**
   * In the order in which they are wanted, each by itself: one that was erased is no fault of the others. Asks the database twice,
   * however many there are; a thousand at a time are a good measure.
   */
  async openAll(
    tenant: string,
    wanted: readonly PayeeVersion[],
  ): Promise<readonly PromiseSettledResult<OpenPayee>[]> {
    const personal = await this.privacy.of(tenant);
    const found = await this.find(tenant, wanted);
    const subjects = [...new Set(found.flatMap((each) => (each ? [each.subject] : [])))];
    const keys = await personal.keysFor(subjects.map((subject) => ({ subject, purpose: PAYOUT })));
    const keyOf = new Map(subjects.map((subject, i) => [subject, keys[i]]));
    return wanted.map((each, i) => {
      const payee = found[i];
      try {
        const value = openOne(tenant, each, payee, payee && keyOf.get(payee.subject), personal);
        return { status: 'fulfilled', value };
      } catch (reason) {
        return { status: 'rejected', reason };
      }
    });
  }

  private async find(
    tenant: string,
    wanted: readonly PayeeVersion[],
  ): Promise<(SealedPayee | undefined)[]> {
    const { rows } = await this.runtime.database.query<SealedPayee & { ordinal: string }>(FIND, [
      tenant,
      wanted.map(({ partner }) => partner),
      wanted.map(({ version }) => version),
    ]);
    const found: (SealedPayee | undefined)[] = wanted.map(() => undefined);
    for (const { ordinal, subject, sealed } of rows)
      found[Number(ordinal) - 1] = { subject, sealed };
    const missing = wanted.flatMap((each, i) => (found[i] ? [] : [{ each, i }]));
    await Promise.all(
      missing.map(async ({ each, i }) => (found[i] = await this.findInLog(tenant, each))),
    );
    return found;
  }

  /** Rows come a moment later than what an account was told. */
  private async findInLog(
    tenant: string,
    { partner, version }: PayeeVersion,
  ): Promise<SealedPayee | undefined> {
    let state = payee.initial;
    for await (const { type, data, occurredAt } of this.runtime.log.read(
      payeeStreamOf(tenant, partner),
    )) {
      state = payee.evolve(state, { type, data, occurredAt } as unknown as PayeeEvent);
      if (state.method?.version === version)
        return { subject: state.method.subject, sealed: state.method.sealed };
    }
    return undefined;
  }
}

function openOne(
  tenant: string,
  { partner, version }: PayeeVersion,
  found: SealedPayee | undefined,
  key: SubjectKey | Erased | undefined,
  personal: PersonalData,
): OpenPayee {
  if (found === undefined || key === undefined) {
    const message = `Nobody has confirmed version ${String(version)} of where ${partner} is paid.`;
    throw new CodedError('payee_unknown', message, { partner, version });
  }
  const place = placeOf(tenant, partner, 'BankDetailsProposed', PAYEE_FIELD);
  return personal.openWith(key, found.sealed, place) as unknown as OpenPayee;
}
