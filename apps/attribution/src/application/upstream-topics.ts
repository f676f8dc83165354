import {
  type IncomingMessage,
  type IntakeStore,
  type MessageBroker,
  type RefusedMessage,
  type Running,
  backoffMs,
  pause,
  startIntake,
} from '@tributary/feeds';
import { CodedError, invariant } from '@tributary/kernel';
import { type Problem, type UpstreamTopic, refusalOf } from '@tributary/platform';
import type { Ingested, Sender } from './ingestion';
import { type RefusedFact, keptOf, readMessage } from './upstream-message';

/** What POST /v1/events answers per item of a batch. It rejects where a request would fail as a whole. */
export type TakeItems = (
  values: readonly unknown[],
  sender: Sender,
  instance: string,
) => Promise<readonly (Ingested | { readonly outcome: 'refused'; readonly problem: Problem })[]>;

export interface UpstreamObserver {
  /** Of one message, once its offset is committed. */
  refused(channel: string, message: RefusedMessage): void;
  /** After each page: how many of which outcome. */
  counted(outcomes: ReadonlyMap<string, number>): void;
  /** Messages of this process's partitions that are still to be taken. */
  lag(messages: bigint): void;
  failed(error: unknown): void;
}

export interface UpstreamTopicsOptions {
  readonly topics: readonly UpstreamTopic[];
  readonly broker: MessageBroker;
  readonly store: IntakeStore;
  readonly take: TakeItems;
  readonly observer: UpstreamObserver;
}

const GROUP = 'tributary-upstream-attribution';
/** One message that fails by itself as often as this, and not because something is down, would stand in the way for ever. */
const DEFECT_ATTEMPTS = 5;

/** The second way in for facts of upstream: one topic of Kafka per tenant, with the checks and the outcomes of the first. */
export function startUpstreamTopics(options: UpstreamTopicsOptions): Running {
  const { topics, broker, store, observer } = options;
  return startIntake({
    group: GROUP,
    tenants: new Map(topics.map(({ topic, tenant }) => [topic, tenant])),
    broker,
    store,
    take: (topic, channel, messages, signal) => {
      const from = topics.find((one) => one.topic === topic);
      invariant(from, `${topic} was asked for`);
      return new Page(from, channel, signal, options).take(messages);
    },
    observer: {
      settled: ({ channel, refused }) => {
        for (const message of refused) observer.refused(channel, message);
      },
      lag: (messages) => observer.lag(messages),
      failed: (error) => observer.failed(error),
    },
  });
}

interface Item {
  readonly message: IncomingMessage;
  readonly value: unknown;
}

type Answer = Awaited<ReturnType<TakeItems>>[number];

/** Messages of one partition that are taken together. */
class Page {
  private readonly refused: RefusedMessage[] = [];
  private readonly outcomes = new Map<string, number>();

  constructor(
    private readonly from: UpstreamTopic,
    private readonly channel: string,
    private readonly signal: AbortSignal,
    private readonly options: Pick<UpstreamTopicsOptions, 'observer' | 'take'>,
  ) {}

  async take(messages: readonly IncomingMessage[]): Promise<readonly RefusedMessage[]> {
    const items: Item[] = [];
    for (const message of messages) {
      const read = readMessage(message, this.from.sources);
      if ('refused' in read) this.refuse(message, read.refused, read.value);
      else items.push({ message, value: read.value });
    }
    const answers = await this.answersTo(items);
    for (const [i, { message, value }] of items.entries())
      this.note(message, value, answers[i] as Answer | RefusedFact);
    this.options.observer.counted(this.outcomes);
    return this.refused.sort((a, b) => (a.offset < b.offset ? -1 : 1));
  }

  private async answersTo(items: readonly Item[]): Promise<readonly (Answer | RefusedFact)[]> {
    if (items.length === 0) return [];
    try {
      return await this.ask(items);
    } catch (error) {
      if (refusalOf(error).status === 503) throw error;
      this.options.observer.failed(error);
    }
    // Something in there is a defect of ours. Its neighbours do not wait for us to mend it.
    const answers: (Answer | RefusedFact)[] = [];
    for (const item of items) answers.push(await this.answerAlone(item));
    return answers;
  }

  private async answerAlone(item: Item): Promise<Answer | RefusedFact> {
    for (let failures = 0; ; failures++) {
      this.signal.throwIfAborted();
      try {
        const [answer] = await this.ask([item]);
        return answer as Answer;
      } catch (error) {
        const { status, code } = refusalOf(error);
        if (status === 503) throw error;
        this.options.observer.failed(error);
        if (failures + 1 >= DEFECT_ATTEMPTS) return { code };
      }
      await pause(backoffMs(failures), this.signal);
    }
  }

  private async ask(items: readonly Item[]): Promise<readonly Answer[]> {
    const { tenant, topic } = this.from;
    const values = items.map(({ value }) => value);
    const sender = { tenant, actor: `topic:${topic}` };
    const answers = await this.options.take(values, sender, this.channel);
    if (answers.length === items.length) return answers;
    throw new CodedError('answers_missing', 'Not every item was answered.');
  }

  private note(message: IncomingMessage, value: unknown, answer: Answer | RefusedFact): void {
    if (!('outcome' in answer)) this.refuse(message, answer, value);
    else if (answer.outcome === 'refused') this.refuse(message, answer.problem, value);
    else if (answer.outcome === 'conflict') this.refuse(message, conflictOf(answer), value);
    else this.count(answer.outcome);
  }

  private refuse({ offset }: IncomingMessage, { code, errors }: RefusedFact, value: unknown): void {
    this.count(code === 'event_conflict' ? 'conflict' : 'refused');
    const facts = keptOf(value, errors);
    this.refused.push({ tenant: this.from.tenant, offset, code, facts });
  }

  private count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}

/** Nobody waits for an answer here, so that a person has to be shown what a sender would have been told. */
const conflictOf = ({ differs }: Ingested): RefusedFact => ({
  code: 'event_conflict',
  errors: differs.map((field) => ({
    pointer: `/${field.replaceAll('.', '/')}`,
    code: 'differs',
    detail: 'Differs from what was accepted under this source and id.',
  })),
});
