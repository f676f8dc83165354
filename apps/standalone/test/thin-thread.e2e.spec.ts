import { TRAINING_COMPLETED_EXAMPLE, type TrainingCompleted } from '@tributary/contracts';
import { expectEveryRouteDeclared } from '@tributary/platform/testing';
import { Answer } from '@tributary/testing';
import { type Deployed, distributed, embedded, type Site } from './profiles.fixture';

jest.setTimeout(300_000);

for (const { name, missing, deploy } of [embedded, distributed]) {
  // A profile is skipped only where its servers cannot be had, and the name then says why.
  const describeProfile = missing === undefined ? describe : describe.skip;
  const reason = missing === undefined ? '' : ` (skipped: ${missing})`;

  describeProfile(`a fact on its way from upstream to another service, ${name}${reason}`, () => {
    let deployed: Deployed;

    beforeAll(async () => {
      deployed = await deploy();
    });
    afterAll(() => deployed.stop());

    it('is taken, recorded, told to another service once, and counted there', async () => {
      const { attribution, tierEvaluation } = deployed;
      const taken = await send(attribution, training('completion-1', 240));
      expect(taken).toMatchObject({ status: 202, body: { outcome: 'accepted', duplicate: false } });
      const [token, correlationId] = [taken.text('token'), taken.text('correlationId')];

      const own = await read(attribution, `${place('completion-1')}?token=${token}&wait=measured`);
      expect(own.body).toMatchObject({
        outcome: 'accepted',
        kind: 'reached',
        stages: ['measured'],
        conflicts: 0,
      });

      const there = await read(
        tierEvaluation,
        `/v1/partners/northwind/measures?seen=${correlationId}`,
      );
      expect(there.body).toEqual({
        partner: 'northwind',
        seen: true,
        measures: [total('1', '240')],
      });
    });

    it('counts once, however often and by whomever it is told', async () => {
      const { attribution, tierEvaluation } = deployed;
      const again = await send(attribution, training('completion-1', 240));
      expect(again).toMatchObject({ status: 200, body: { outcome: 'duplicate', duplicate: true } });
      const elsewhere = {
        ...training('completion-1', 240),
        source: 'https://crm.example/production',
      };
      const second = await send(attribution, elsewhere);
      const seen = `/v1/partners/northwind/measures?seen=${second.text('correlationId')}`;
      expect((await read(tierEvaluation, seen)).body).toMatchObject({
        seen: true,
        measures: [total('1', '240')],
      });
    });

    it('shows other content under a known identity as a conflict, naming the fields', async () => {
      const refused = await send(deployed.attribution, training('completion-1', 999));
      expect(refused).toMatchObject({
        status: 409,
        body: { code: 'event_conflict', errors: [{ pointer: '/data/minutes', code: 'differs' }] },
      });
      const found = await read(deployed.attribution, place('completion-1'));
      expect(found.at('outcome')).toBe('accepted');
    });

    it('takes a batch item by item, and keeps its neighbours when one is bad', async () => {
      const bad = { ...training('completion-3', 1), data: { partnerRef: 'northwind' } };
      const batch = [training('completion-2', 60), bad, training('completion-1', 240)];
      const told = await send(deployed.attribution, batch);
      expect(told.status).toBe(200);
      expect(told.list('items').map((_, i) => told.at(`items.${i}.status`))).toEqual([
        202, 422, 200,
      ]);
      expect(told.at('items.1.problem.errors.0')).toMatchObject({
        pointer: '/data/completionRef',
        code: 'required',
      });
    });

    it('takes as many lines as there are, and tells only of those that were not simply accepted', async () => {
      // More than an array may hold.
      const lines = Array.from({ length: 600 }, (_, i) => JSON.stringify(training(`bulk-${i}`, 1)));
      lines.splice(3, 0, '{"not":', JSON.stringify(training('bulk-1', 1)));
      const answers = await sendLines(deployed.attribution, lines.join('\n'));
      expect(answers).toMatchObject([
        { line: 4, outcome: 'refused', problem: { code: 'malformed_json' } },
        { line: 5, outcome: 'duplicate' },
        { complete: true, accepted: 600, duplicate: 1, conflict: 0, refused: 1 },
      ]);
      const { token } = answers.at(-1) as { token: string };
      const last = `${place('bulk-599')}?token=${token}&wait=measured&timeoutMs=30000`;
      const reached = await patiently(deployed.attribution, last);
      expect(reached.body).toMatchObject({ kind: 'reached' });
      await counted(deployed.tierEvaluation, total('602', '900'));
    });

    it('goes on after a restart without losing or doubling anything', async () => {
      const before = await send(deployed.attribution, training('completion-4', 10));
      await deployed.restartTierEvaluation();
      await send(deployed.attribution, training('completion-5', 10));
      await send(deployed.attribution, training('completion-4', 10));
      expect(before.status).toBe(202);
      await counted(deployed.tierEvaluation, total('604', '920'));
    });

    it('fills a projection anew beside the live one, with the same rows', async () => {
      const { attribution, tierEvaluation } = deployed;
      const own = await post(
        attribution,
        '/v1/feeds/attribution/projections/fact_outcomes/rebuild',
      );
      const theirs = await post(
        tierEvaluation,
        '/v1/feeds/tier-evaluation/projections/measures/rebuild',
      );
      expect([own.status, theirs.status]).toEqual([200, 200]);
      await counted(tierEvaluation, total('604', '920'));
    });

    it('lets nobody in without a key, and nobody do what the role does not', async () => {
      const { attribution } = deployed;
      const body = JSON.stringify(training('completion-9', 1));
      const bare = await fetch(`${attribution.url}/v1/events`, {
        method: 'POST',
        headers: JSON_BODY,
        body,
      });
      expect(bare.status).toBe(401);
      const headers = { ...JSON_BODY, authorization: `Bearer ${attribution.keys.auditor}` };
      const auditor = await fetch(`${attribution.url}/v1/events`, {
        method: 'POST',
        headers,
        body,
      });
      expect(auditor.status).toBe(403);
      expect((await fetch(`${attribution.url}/v1/published/attribution`)).status).toBe(401);
    });

    it('declares on every route who may call it', () => {
      expectEveryRouteDeclared(deployed.attribution.serving.app);
      expectEveryRouteDeclared(deployed.tierEvaluation.serving.app);
    });

    it('has nothing parked and no gap at the end', async () => {
      const { attribution, tierEvaluation } = deployed;
      for (const [site, service] of [
        [attribution, 'attribution'],
        [tierEvaluation, 'tier-evaluation'],
      ] as const) {
        const feeds = await read(site, `/v1/feeds/${service}`);
        expect(feeds.body).toMatchObject({ gaps: 0, deadLetters: 0, waiting: {} });
        for (const subscription of feeds.list('subscriptions')) {
          expect(subscription).toMatchObject({ parked: 0, state: 'running' });
        }
      }
    });
  });
}

const JSON_BODY = { 'content-type': 'application/cloudevents+json' };
const { source: SOURCE } = TRAINING_COMPLETED_EXAMPLE;

function training(id: string, minutes: number): TrainingCompleted {
  const data = { ...TRAINING_COMPLETED_EXAMPLE.data, completionRef: id, minutes };
  return { ...TRAINING_COMPLETED_EXAMPLE, id, data };
}

const place = (id: string): string => `/v1/events/${encodeURIComponent(SOURCE)}/${id}`;
const total = (count: string, amount: string) => ({ measure: 'training.completed', count, amount });

async function call(
  site: Site,
  path: string,
  key: keyof Site['keys'],
  init: RequestInit = {},
): Promise<Answer> {
  const headers = { ...init.headers, authorization: `Bearer ${site.keys[key]}` };
  return Answer.of(await fetch(site.url + path, { ...init, headers }));
}

const read = (site: Site, path: string): Promise<Answer> => call(site, path, 'admin');
const post = (site: Site, path: string): Promise<Answer> =>
  call(site, path, 'admin', { method: 'POST' });
const send = (site: Site, body: unknown): Promise<Answer> =>
  call(site, '/v1/events', 'upstream', {
    method: 'POST',
    headers: JSON_BODY,
    body: JSON.stringify(body),
  });

async function sendLines(site: Site, lines: string): Promise<unknown[]> {
  const headers = {
    'content-type': 'application/x-ndjson',
    authorization: `Bearer ${site.keys.upstream}`,
  };
  const response = await fetch(`${site.url}/v1/events`, { method: 'POST', headers, body: lines });
  const text = await response.text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

/** Asks again what is not visible yet: a busy machine may take longer than one question may wait. */
async function patiently(site: Site, path: string): Promise<Answer> {
  const isOpen = (told: Answer) =>
    told.at('code') === 'not_yet_visible' || told.at('kind') === 'waiting';
  let answer = await read(site, path);
  for (let again = 0; again < 7 && isOpen(answer); again++) answer = await read(site, path);
  return answer;
}

/** Until the other service shows it; fails with what it shows instead. */
async function counted(site: Site, expected: object): Promise<void> {
  let shown: Answer | undefined;
  for (let attempt = 0; attempt < 300; attempt++) {
    shown = await read(site, '/v1/partners/northwind/measures');
    if (JSON.stringify(shown.at('measures')) === JSON.stringify([expected])) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(shown?.at('measures')).toEqual([expected]);
}
