import {
  type Decider,
  type DomainEvent,
  type Rejected,
  type StreamName,
  accept,
  instant,
  uuidV5,
  withoutDashes,
} from '@tributary/kernel';
import { ServiceRuntime, type Serving, coreSettings, serve } from '@tributary/platform';
import { randomBytes } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BuiltPayouts, type OfAccount, causeOf, loadPayouts } from './payouts-built';

export const TENANT = 'bench';
export const RAIL = 'itau';
const ENTITY = { entity: 'main', asset: 'BRL/2' } as const;
const AT = instant('2026-03-20T12:00:00Z');
const ACCOUNT = { bank: '341', branch: '1234', number: '56789', digit: '0', kind: 'checking' };
const PAYEE_DOCUMENT = { kind: 'cnpj', number: '11444777000161' } as const;
const AT_ONCE = 256;
/** Whoever asks works in the same process, at the cost of what is measured. */
const LOOK_EVERY_MS = 100;
const LIMIT_MS = 1_800_000;

type Person = 'approver' | 'drafter';
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of several routes, each looked at where it is asked for.
type Answer = any;

/** The payouts service in this process, whole, with partners who are owed something. */
export class PayoutsSite {
  private sent = 0;
  private releases = 0;

  private constructor(
    private readonly built: BuiltPayouts,
    private readonly serving: Serving,
    private readonly silent: Server,
    private readonly url: string,
    private readonly keys: Readonly<Record<Person, string>>,
  ) {}

  static async start(url: string): Promise<PayoutsSite> {
    const built = await loadPayouts();
    const silent = await silentOwners();
    const owner = `http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
    const settings = coreSettings.read({
      DATABASE_URL: url,
      PRIVACY_MASTER_KEY: randomBytes(32).toString('base64'),
      OWNER_URLS: ['commission', 'partners'].map((name) => `${name}=${owner}`).join(','),
      SERVICE_TOKEN: randomBytes(32).toString('hex'),
      PORT: '0',
      LOG_LEVEL: 'silent',
    });
    const serving = await serve({ name: 'payouts', modules: [built.module], settings });
    const keyOf = async (label: Person) =>
      (await serving.keys.issueKey({ tenant: TENANT, role: 'finance', label })).key;
    const keys = { approver: await keyOf('approver'), drafter: await keyOf('drafter') };
    return new PayoutsSite(built, serving, silent, await serving.listen(), keys);
  }

  async stop(): Promise<void> {
    await this.serving.close();
    this.silent.close();
  }

  get runtime(): ServiceRuntime {
    return this.serving.app.get(ServiceRuntime, { strict: false });
  }

  /** An account to pay from, no tax to keep back, and bank details of everybody, confirmed by a second person. */
  async opened(partners: readonly string[]): Promise<void> {
    await this.post('/v1/paying-accounts', {
      ...{ id: RAIL, name: 'Tributary Bench Ltda', ...ENTITY, zone: 'America/Sao_Paulo' },
      ...{ format: 'cnab240-341', cnpj: '11222333000181', agreement: '123456' },
      ...{ account: ACCOUNT, opening: '100000000000', on: '2026-01-01' },
    });
    const rules = { entity: 'main', hash: 'none', effectiveFrom: AT, rules: [], source: 'bench' };
    const activated = { ...rules, version: 1, proposedBy: 'one', by: 'another' };
    const { taxStreamOf } = this.built;
    await this.say(taxStreamOf(TENANT, 'main'), 'WithholdingRulesActivated', activated);
    const payees = this.serving.app.get(this.built.Payees, { strict: false });
    await inParallel(partners, async (partner) => {
      const proposal = withoutDashes(uuidV5('proposal', partner));
      const context = {
        ...{ tenant: TENANT, cause: this.cause(), newId: proposal, receivedAt: AT },
      };
      const pix = { kind: 'email', key: `${partner}@bench.example` };
      const typed = { name: `${partner} Ltda`, document: PAYEE_DOCUMENT, pix };
      const outcome = await payees.propose(context, partner, typed);
      if (outcome.kind !== 'accepted') throw new Error(`${partner}: ${JSON.stringify(outcome)}`);
      const confirmed = {
        type: 'ConfirmBankDetails',
        partner,
        proposal,
        by: 'two',
        receivedAt: AT,
      };
      const { payee, payeeStreamOf } = this.built;
      await this.tell(payee, payeeStreamOf(TENANT, partner), confirmed);
    });
  }

  /** One release of commission to each. */
  async owes(partners: readonly string[], amount: bigint): Promise<void> {
    const { account, accountStreamOf } = this.built;
    const release = String(this.releases++);
    await inParallel(partners, async (partner) => {
      const of: OfAccount = { partner, ...ENTITY };
      const line = withoutDashes(uuidV5('line', release, partner));
      await this.tell(account, accountStreamOf(TENANT, of), {
        ...{ type: 'TakeRelease', account: of, at: AT, line, amount: String(amount) },
        ...{ release: uuidV5('release', release, partner), programme: 'main', plan: 'br' },
        ...{ key: { sale: 's', payment: 'p', line: release, rule: 'base' }, window: '2026-q1' },
      });
    });
  }

  /** Until nothing follows any more from what stands in the log. */
  async quiet(): Promise<void> {
    for (const giveUpMs = performance.now() + LIMIT_MS; performance.now() < giveUpMs;) {
      const before = await this.runtime.log.head();
      const { subscriptions } = await this.runtime.feeds.status();
      const behind = subscriptions.some(({ lag }) => lag > 0n);
      if (!behind && (await this.runtime.log.head()) === before) return;
      await pause();
    }
    throw new Error('What follows did not come to an end.');
  }

  /** As soon as it shows. */
  async runIs(run: string, status: string, token: string): Promise<Answer> {
    for (const giveUpMs = performance.now() + LIMIT_MS; ;) {
      const found = await this.read(`/v1/payout-runs/${run}?token=${token}`);
      if (found.status === status) return found;
      if (performance.now() > giveUpMs) throw new Error(`${run}: ${JSON.stringify(found)}`);
      await pause();
    }
  }

  async read(path: string): Promise<Answer> {
    return await this.ask(path, 'drafter');
  }

  async post(path: string, body: object, who: Person = 'drafter'): Promise<Answer> {
    const key = `command-${String(this.sent++)}`;
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    return await this.ask(path, who, { method: 'POST', body: JSON.stringify(body), headers });
  }

  private async ask(path: string, who: Person, init: RequestInit = {}): Promise<Answer> {
    const headers = { ...init.headers, authorization: `Bearer ${this.keys[who]}` };
    const response = await fetch(this.url + path, { ...init, headers });
    const answer: Answer = await response.json();
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  private async tell<E extends DomainEvent<string, object>, S>(
    decider: Decider<object, E, S, Rejected>,
    stream: StreamName,
    command: object,
  ): Promise<void> {
    const outcome = await this.runtime.runner.run(decider, stream, command, this.cause());
    if (outcome.kind !== 'accepted') throw new Error(`${stream} answered ${outcome.kind}.`);
  }

  private async say(stream: StreamName, type: string, data: object): Promise<void> {
    const saying: Decider<object, DomainEvent<string, object>, null, Rejected> = {
      initial: null,
      decide: () => accept({ type, data, occurredAt: AT }),
      evolve: () => null,
    };
    await this.tell(saying, stream, {});
  }

  private cause() {
    return causeOf(uuidV5('bench', String(this.sent++)));
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) await work(items[next++] as T);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, LOOK_EVERY_MS));

/** The services that payouts listens to, with nothing to tell. */
async function silentOwners(): Promise<Server> {
  const server = createServer((asked, answer) => {
    const after = new URL(asked.url ?? '/', 'http://owners').searchParams.get('after') ?? '0';
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ events: [], through: after }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}
