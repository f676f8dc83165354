import type { EventLog } from '@tributary/event-log';
import { type FeedEvent, type Reaction, followUps } from '@tributary/feeds';
import { categoryOf } from '@tributary/kernel';

/** What has happened on a rail, as the reaction that follows it hears of it. Each answer is which outcomes would park it. */
export class Delivery<C> {
  private through = 0n;

  constructor(
    private readonly log: EventLog,
    private readonly told: Reaction<C>,
  ) {}

  /** Since the last time, or all of it once more. */
  async next(again = false): Promise<readonly string[]> {
    const until = await this.log.head();
    const events: FeedEvent[] = [];
    for await (const page of this.log.readAll(again ? 0n : this.through))
      events.push(...page.events.filter(({ position }) => position <= until));
    this.through = until;
    const refused: string[] = [];
    for (const event of events.filter(({ stream }) => categoryOf(stream) === 'rail'))
      refused.push(...(await this.of(event)));
    return refused;
  }

  async of(event: FeedEvent): Promise<readonly string[]> {
    const commands = (await this.told.on[event.type]?.(event)) ?? [];
    const refused: string[] = [];
    for (const { command, context } of followUps(this.told, event, commands)) {
      const outcome = await this.told.dispatch(command, context);
      if (outcome.kind === 'rejected') refused.push(outcome.rejected.code);
    }
    return refused;
  }
}
