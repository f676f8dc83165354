import { TRAINING_COMPLETED_EXAMPLE, type UpstreamEvent } from '@tributary/contracts';
import { journey, netOf } from './journey.fixture';
import type { Product } from './product.fixture';

export const PARTNERS = ['northwind', 'contoso', 'fabrikam'] as const;
const SOURCES = ['https://academy.example/production', 'https://crm.example/production'] as const;
const SENDERS = 12;
const BATCH = 20;
const LIMIT_MS = 20_000;
const PAUSE_MS = 50;
/** No outage of a test lasts so long; whoever is refused for longer has found a defect. */
const PATIENCE_MS = 120_000;

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** What came back for one fact: taken now, or known already, which a sender takes for the same. */
type Verdict = 'taken' | 'again';

/**
 * Senders that tell facts, remember what was acknowledged and repeat what was not, under the same ids, until it is. Every fact that
 * was sent is therefore acknowledged in the end.
 */
export class Load {
  /** By id of the fact. */
  readonly acknowledged = new Map<string, UpstreamEvent>();
  readonly outages = { refused: 0, unreachable: 0 };
  private readonly stopping = new AbortController();
  private readonly senders: Promise<void>[];
  private readonly journeys: number[] = [];
  private next = 0;

  constructor(
    private readonly product: Product,
    private readonly random: () => number,
  ) {
    this.senders = Array.from({ length: SENDERS }, () => this.send());
  }

  /** Lets every sender have the acknowledgement that it is waiting for. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.senders);
  }

  /** Distinct completions and their minutes: what the measures of a partner have to show. */
  expectedOf(partner: string): { readonly count: string; readonly amount: string } {
    const minutes = new Map<string, number>();
    for (const { type, data } of this.acknowledged.values()) {
      if (type !== TRAINING_COMPLETED_EXAMPLE.type || data['partnerRef'] !== partner) continue;
      minutes.set(data['completionRef'] as string, data['minutes'] as number);
    }
    const amount = [...minutes.values()].reduce((sum, one) => sum + one, 0);
    return { count: String(minutes.size), amount: String(amount) };
  }

  /** What the customers whom this partner brought have paid. */
  revenueOf(partner: string): string {
    const paid = this.journeys.filter((number) => partnerOf(number) === partner).map(netOf);
    return String(paid.reduce((sum, net) => sum + net, 0));
  }

  private async send(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const chance = this.random();
      if (chance < 0.2) await this.tell(Array.from({ length: BATCH }, () => this.newFact()));
      else if (chance < 0.4) await this.travel();
      else await this.tell([this.newFact()]);
      if (this.random() < 0.1) await this.repeatOne();
    }
  }

  /** The steps of a customer's journey, each by itself and in an order of chance. */
  private async travel(): Promise<void> {
    const number = this.next++;
    const steps = journey(number, partnerOf(number));
    while (steps.length > 0) {
      const at = Math.floor(this.random() * steps.length);
      await this.tell(steps.splice(at, 1));
    }
    this.journeys.push(number);
  }

  /** Something that was acknowledged long ago is still known, whatever happened since. */
  private async repeatOne(): Promise<void> {
    const known = [...this.acknowledged.values()];
    const fact = known[Math.floor(this.random() * known.length)];
    if (fact === undefined) return;
    const [verdict] = await this.patiently([fact]);
    if (verdict !== 'again') throw new Error(`${fact.id} was acknowledged and is not known.`);
  }

  private async tell(facts: readonly UpstreamEvent[]): Promise<void> {
    await this.patiently(facts);
    for (const fact of facts) this.acknowledged.set(fact.id, fact);
  }

  private async patiently(facts: readonly UpstreamEvent[]): Promise<readonly Verdict[]> {
    for (const deadlineMs = Date.now() + PATIENCE_MS; ;) {
      const [outcome] = await Promise.allSettled([this.post(facts)]);
      if (outcome.status === 'fulfilled' && outcome.value.status !== 503)
        return verdictsOf(outcome.value, facts.length);
      if (outcome.status === 'fulfilled') this.outages.refused += 1;
      else this.outages.unreachable += 1;
      if (Date.now() > deadlineMs)
        throw new Error(`Nobody takes ${facts[0]?.id}: ${JSON.stringify(outcome)}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  private async post(facts: readonly UpstreamEvent[]): Promise<Reply> {
    const { url, keys } = await this.product.site();
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.upstream}` },
      body: JSON.stringify(facts.length === 1 ? facts[0] : facts),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    return { status: response.status, body: await response.json() };
  }

  /** Every fifth completion is told by two sources, and counts once. */
  private newFact(): UpstreamEvent {
    const number = this.next++;
    const completion = number % 5 === 4 ? number - 1 : number;
    const data = {
      partnerRef: partnerOf(completion),
      completionRef: `completion-${completion}`,
      trainingRef: 'payments-101',
      minutes: 1 + (completion % 600),
    };
    const source = SOURCES[number === completion ? 0 : 1];
    return { ...TRAINING_COMPLETED_EXAMPLE, id: `fact-${number}`, source, data };
  }
}

const partnerOf = (number: number): string => PARTNERS[number % PARTNERS.length] as string;

/** A batch that met an outage is refused as a whole or answers per item; no item of it may then be anything but taken. */
function verdictsOf({ status, body }: Reply, count: number): readonly Verdict[] {
  const statuses =
    count === 1
      ? [status]
      : ((body as { items?: { status: number }[] }).items ?? []).map((item) => item.status);
  if (statuses.length !== count || statuses.some((one) => one !== 202 && one !== 200))
    throw new Error(`Not an answer of this route: ${status} ${JSON.stringify(body)}`);
  return statuses.map((one) => (one === 202 ? 'taken' : 'again'));
}
