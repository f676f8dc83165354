import { LEAD_REGISTERED, type UpstreamEvent, exampleOf } from '@tributary/contracts';
import { type Instant, instantOfMs } from '@tributary/kernel';
import { cursorOf } from '@tributary/platform';
import { Privacy } from '@tributary/privacy';
import type { Reply } from '@tributary/testing';
import { Ingestion } from '../application/ingestion';
import { fact } from '../domain/fact/decide';
import { factOutcomes } from '../read-model/fact-outcomes.projection';
import { CreditService, click } from './credit.fixture';

const HOUR_MS = 3_600_000;
const inHours = (hours: number): Instant => instantOfMs(Date.now() + hours * HOUR_MS);

let service: CreditService;

beforeAll(async () => {
  service = await CreditService.start();
  await service.partnersAre('northwind');
});
afterAll(() => service.stop());

/** As one that was taken before its time, and whose time it may be by now. */
async function wasTakenAhead(event: object, waitsUntil: Instant): Promise<void> {
  const sender = { tenant: 'acme', actor: 'test' };
  const ingestion = service.serving.app.get(Ingestion);
  const [prepared] = await ingestion.prepare([event as UpstreamEvent], sender);
  if (prepared?.status !== 'fulfilled') throw new Error('It was not prepared.');
  const { stream, command, cause } = prepared.value;
  await service.runtime.runner.run(fact, stream, { ...command, waitsUntil }, cause);
}

const clicked = (id: string, at: Instant) => click(id, at, `v-${id}`, { partnerRef: 'northwind' });

describe('handing on more facts than one request does', () => {
  it('goes on page by page, each fact once, also of those that waited for the same moment', async () => {
    const [asOf, then] = [inHours(-2), inHours(-3)];
    for (let n = 0; n < 5; n += 1) await wasTakenAhead(clicked(`paged-${n}`, then), then);
    const body = { asOf, limit: 2 };
    const answers: Reply[] = [];
    for (let after: string | undefined; ;) {
      const page = after === undefined ? body : { ...body, after };
      const answer = await service.post('/v1/due-facts', page);
      answers.push(answer);
      if (answer.at('more') !== true) break;
      after = answer.text('next');
    }
    expect(answers.map((answer) => answer.at('facts'))).toEqual([2, 2, 1]);
    expect(answers.at(-1)?.body).toMatchObject({ asOf, more: false, next: null });
    for (let n = 0; n < 5; n += 1)
      expect((await service.became('shop', `paged-${n}`)).at('outcome')).toBe('accepted');
    expect((await service.post('/v1/due-facts', { asOf })).body).toMatchObject({
      facts: 0,
      more: false,
    });

    // Of another moment, of another tenant, of no time, and of none: it would pass over the facts before it.
    const first = answers[0]?.text('next') ?? '';
    const stream = 'fact-acme.1';
    for (const [until, after] of [
      [inHours(-1), first],
      [asOf, cursorOf(then, stream, asOf, 'rival')],
      [asOf, cursorOf('then', stream, asOf, 'acme')],
      [asOf, 'nonsense'],
    ])
      expect([after, await service.post('/v1/due-facts', { asOf: until, after })]).toMatchObject([
        after,
        { status: 422, body: { code: 'invalid_cursor' } },
      ]);
    for (const limit of [0, 501])
      expect((await service.post('/v1/due-facts', { asOf, limit })).status).toBe(422);
  });
});

describe('what is counted of a fact that lies ahead', () => {
  it('is no click in the funnel before it was handed on, by partner as well as by link', async () => {
    await service.linkIs('nwahead', 'northwind');
    const [at, then] = [instantOfMs(Date.UTC(2023, 0, 5)), inHours(-1)];
    await wasTakenAhead(clicked('early-partner', at), then);
    await wasTakenAhead(click('early-link', at, 'v-early-link', { linkId: 'nwahead' }), then);
    await service.send(
      clicked('on-time-partner', at),
      click('on-time-link', at, 'v-on-time-link', { linkId: 'nwahead' }),
    );
    const clicks = async () => {
      const { feeds, log } = service.runtime;
      await feeds.waitUntil([factOutcomes.name], await log.head(), 20_000);
      const period = 'from=2023-01-01T00:00:00Z&to=2023-02-01T00:00:00Z';
      return (await service.ask(`/v1/partners/northwind/funnel?${period}`)).at('clicks');
    };
    expect(await clicks()).toBe(2);
    expect((await service.post('/v1/due-facts', { asOf: inHours(0) })).at('facts')).toBe(2);
    expect(await clicks()).toBe(4);
  });
});

describe('waiting for a stage of a fact that lies ahead', () => {
  it('is answered at once, because nothing comes of it before it is handed on', async () => {
    await service.send(clicked('wait-ahead', inHours(48)));
    const asked = performance.now();
    const found = await service.became('shop', 'wait-ahead', '?wait=credited&timeoutMs=20000');
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(found.body).toMatchObject({
      kind: 'waiting',
      outcome: 'future_dated',
      waiting: 'its_time',
    });
  });
});

describe('sending a fact that lies ahead about somebody who was erased', () => {
  it('says that it waits, because it does not count yet', async () => {
    const ingestion = service.serving.app.get(Ingestion);
    const sender = { tenant: 'acme', actor: 'test' };
    const lead = (id: string, time: Instant) =>
      ({ ...exampleOf(LEAD_REGISTERED), id, time }) as unknown as UpstreamEvent;
    const [known] = await ingestion.prepare([lead('lead-known', inHours(-1))], sender);
    if (known?.status !== 'fulfilled') throw new Error('It was not prepared.');
    const personal = await service.serving.app.get(Privacy).of('acme');
    await personal.destroy(known.value.command.content.data['leadRef'] as string);

    const sent = [lead('lead-erased', inHours(-1)), lead('lead-ahead', inHours(48))];
    const answers = await ingestion.acceptMany(sent, sender);
    expect(answers).toMatchObject([
      { value: { outcome: 'erased' } },
      { value: { outcome: 'future_dated' } },
    ]);
  });
});
