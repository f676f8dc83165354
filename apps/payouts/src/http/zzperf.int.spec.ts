import {
  instant,
  uuidV5,
  prepare,
  uuidV7,
  streamOf,
  categoryOf,
  parseStreamName,
} from '@tributary/kernel';
import { account } from '../domain/account/decide';
import { accountStreamOf } from '../domain/account/terms';
import { RunsSite, accountIn } from './runs.fixture';
const N = Number(process.env['N'] ?? 5000);
const at = instant('2026-03-20T12:00:00Z');
it('perf', async () => {
  const site = await RunsSite.start();
  try {
    await site.rail({
      type: 'PayingAccountRegistered',
      occurredAt: at,
      data: {
        rail: 'itau',
        settings: { entity: 'main', asset: 'BRL/2', zone: 'America/Sao_Paulo' },
        opening: '0',
        on: '2026-01-01',
        by: 'x',
      },
    });
    await site.withholdsNothing();
    const names = Array.from({ length: N }, (_, i) => `p${String(i).padStart(6, '0')}`);
    const cause = (id: string) => ({
      commandId: uuidV5(id),
      fingerprint: id,
      actor: 's',
      causationId: null,
      correlationId: 's',
      traceParent: null,
    });
    const runner = site.runtime.runner;
    let t = performance.now();
    for (let i = 0; i < N; i += 1000) {
      const slice = names.slice(i, i + 1000);
      await runner.runFresh(
        account,
        slice.map((p) => ({
          stream: accountStreamOf('acme', accountIn(p)),
          cause: cause('r' + p),
          command: {
            type: 'TakeRelease' as const,
            account: accountIn(p),
            at,
            release: uuidV5('rel', p),
            line: uuidV5('l', p).replaceAll('-', ''),
            key: { sale: 's', payment: 'p', line: 'l', rule: 'b' },
            programme: 'main',
            plan: 'x',
            window: '2026-03',
            amount: '42728',
          },
        })),
      );
      await Promise.all(
        slice.map((p) =>
          runner.run(
            account,
            accountStreamOf('acme', accountIn(p)),
            {
              type: 'LearnPayee' as const,
              account: accountIn(p),
              at,
              revision: 1,
              payee: {
                method: {
                  version: 1,
                  kind: 'pix' as const,
                  fingerprint: uuidV5('fp', p).repeat(1),
                  display: '***1234',
                  changedAt: instant('2026-01-01T00:00:00Z'),
                  editors: ['clerk', 'clerk2'],
                },
                changePending: false,
                tax: null,
                missing: [],
              },
            },
            cause('y' + p),
          ),
        ),
      );
    }
    console.log('seed', performance.now() - t);
    const p0 = await site.runtime.log.head();
    await site.runtime.feeds.waitUntil(['payout_candidates', 'payout_runs'], p0, 60000);
    for (;;) {
      const { subscriptions } = await site.runtime.feeds.status();
      if (subscriptions.every((x) => x.lag === 0n || x.feed === 'inbox')) break;
      await new Promise((d) => setTimeout(d, 200));
    }
    console.log('idle after', performance.now() - t);
    (site.runtime.runner as any).queues.clear();
    const { Session } = require('node:inspector/promises'); const ses = new Session(); ses.connect(); await ses.post('Profiler.enable'); await ses.post('Profiler.start');
  const cpu0 = process.cpuUsage();
    t = performance.now();
    const { id } = (await site.post('/v1/payout-runs', { entity: 'main', asset: 'BRL/2' })).body;
    const t0 = t;
    const until = async (status: string) => {
      for (;;) {
        const { body } = await site.ask(`/v1/payout-runs/${id}`);
        if (body.status === status) return body;
        if (performance.now() - t0 > 500000) throw new Error(JSON.stringify(body));
        await new Promise((d) => setTimeout(d, 100));
      }
    };
    const { hash, items } = await until('locked');
    const locked = performance.now() - t;
    console.log('locked', items, locked, 'ms', Math.round((items / locked) * 1000), '/s');
    t = performance.now();
    for (const flag of ['first_payment', 'shared_account', 'recent_details', 'above_usual'])
      await site.post(`/v1/payout-runs/${id}/acknowledgements`, { flag, note: 'perf' }, 'approver');
    (site.runtime.runner as any).queues.clear();
    const ap = await site.post(`/v1/payout-runs/${id}/approvals`, { hash }, 'approver');
    if (ap.status !== 200) throw new Error(JSON.stringify(ap));
    console.log('approved', performance.now() - t);
    t = performance.now();
    await site.post(`/v1/payout-runs/${id}/releases`, {}, 'approver');
    await until('instructed');
    const instructed = performance.now() - t;
    {
      const c = process.cpuUsage(cpu0);
      console.log('locked..instructed cpu s', c.user / 1e6, c.system / 1e6);
    }
    { const { profile } = await ses.post('Profiler.stop'); require('node:fs').writeFileSync('/tmp/prof/x.cpuprofile', JSON.stringify(profile)); }
  console.log('instructed', instructed, 'ms', Math.round((items / instructed) * 1000), '/s');
    // bulk
    const events = [];
    for await (const { events: e } of site.runtime.log.readAll(p0)) events.push(...e);
    const byStream = new Map<string, any[]>();
    for (const e of events) {
      const s = streamOf(
        categoryOf(e.stream),
        'bulk',
        ...(e.stream.slice(e.stream.indexOf('.') + 1).split('.') as [string]),
      );
      const l = byStream.get(s) ?? [];
      l.push(e);
      byStream.set(s, l);
    }
    const bytes = events.reduce((s, e) => s + JSON.stringify(e.data).length, 0);
    t = performance.now();
    let appends: any[] = [];
    for (const [s, list] of byStream) {
      let size = 0,
        chunk: any[] = [],
        rev = -1n;
      const flush = () => {
        if (!chunk.length) return;
        appends.push({
          stream: parseStreamName(s),
          expected: rev < 0n ? 'none' : rev,
          events: chunk,
        });
        rev += BigInt(chunk.length);
        chunk = [];
        size = 0;
      };
      for (const e of list) {
        const p = prepare(
          { type: e.type, data: e.data, occurredAt: e.occurredAt },
          { ...cause('b' + e.id) },
          0,
          uuidV7(Date.now()),
        );
        if (size + p.bytes > 400000) {
          flush();
        }
        chunk.push(p);
        size += p.bytes;
      }
      flush();
    }
    for (let i = 0; i < appends.length; i += 1000) {
      const r = await site.runtime.log.appendMany(appends.slice(i, i + 1000));
      for (const x of r) if (x.status === 'rejected') throw x.reason;
    }
    const bulk = performance.now() - t;
    console.log(
      'events',
      events.length,
      'bytes',
      bytes,
      'bulk',
      bulk,
      'ms ratio',
      (bulk / (locked + instructed)).toFixed(3),
    );
  } finally {
    await site.stop();
  }
}, 900000);
