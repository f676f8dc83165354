import { once } from 'node:events';
import { createServer } from 'node:net';

import { tributary } from '../tributary';
import type { Finding } from './finding';

describe('examining this machine', () => {
  it('finds everything that is needed here, and says of each thing what was found', async () => {
    const { code, findings, healthy } = await examined({});
    expect(findings.filter(({ ok, required }) => required && !ok)).toEqual([]);
    expect([code, healthy]).toEqual([0, true]);
    expect(of(findings, 'postgres starts').found).toMatch(/^in \d+ ms, /);
    for (const { name, ok, found, mend } of findings) {
      expect({ name, found: found.length > 0, advised: mend !== undefined }).toEqual({
        name,
        found: true,
        advised: !ok,
      });
    }
  });

  it('asks to mend a database that does not answer, and forgives what only tests need', async () => {
    const { code, findings, healthy } = await examined({
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      KAFKA_BROKERS: '127.0.0.1:1, not an address',
      EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false',
    });
    expect([code, healthy]).toEqual([1, false]);
    expect(of(findings, 'DATABASE_URL')).toMatchObject({ ok: false, required: true });
    expect(of(findings, 'KAFKA_BROKERS')).toMatchObject({
      ok: false,
      required: false,
      found: 'no answer from 127.0.0.1:1, not an address',
    });
    expect(of(findings, 'EVENTSTORE_URL')).toMatchObject({ ok: false, required: false });
  });

  it('tells that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { findings } = await examined({ PORT: String(port) });
    other.close();
    expect(of(findings, 'port')).toMatchObject({
      ok: false,
      required: false,
      found: `127.0.0.1:${port} is taken`,
    });
  });
});

interface Report {
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
}

async function examined(variables: Record<string, string>): Promise<Report & { code: number }> {
  const lines: string[] = [];
  const code = await tributary(['doctor', '--json'], {
    variables,
    out: (line) => lines.push(line),
  });
  return { code, ...(JSON.parse(lines.join('\n')) as Report) };
}

function of(findings: readonly Finding[], name: string): Finding {
  const found = findings.find((one) => one.name === name);
  if (found === undefined) throw new Error(`Nothing was said about ${name}.`);
  return found;
}
