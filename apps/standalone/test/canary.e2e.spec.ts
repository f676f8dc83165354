import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UPSTREAM_TYPES, type UpstreamEvent, mapPersonal } from '@tributary/contracts';
import type { Json, JsonObject } from '@tributary/kernel';
import { type Deployed, distributed, embedded } from './profiles.fixture';

jest.setTimeout(180_000);

const profile = distributed.missing === undefined ? distributed : embedded;
const SOURCE = 'https://canary.example/production';
/** Stands where everybody may read it, so that looking in the wrong places cannot pass. */
const CONTROL = `control-${randomBytes(8).toString('hex')}`;

describe(`personal data in everything that is kept, ${profile.name}`, () => {
  let deployed: Deployed;
  const canaries: string[] = [];

  beforeAll(async () => {
    deployed = await profile.deploy();
    await sendAll();
    await settled();
  });
  afterAll(() => deployed.stop());

  it('was sent under every type that knows persons', () => {
    expect(canaries.length).toBeGreaterThan(20);
  });

  it('came with facts of every type, and none of them was parked', async () => {
    const { url, keys } = deployed.attribution;
    const headers = { authorization: `Bearer ${keys.admin}` };
    const response = await fetch(`${url}/v1/feeds/attribution`, { headers });
    const { subscriptions } = (await response.json()) as {
      subscriptions: { name: string; parked: number }[];
    };
    expect(subscriptions.filter(({ parked }) => parked > 0)).toEqual([]);
  });

  it('is in no table of any service', async () => {
    const rows = await deployed.rows();
    if (profile === embedded) expect(rows).toContain(CONTROL);
    expect(canaries.filter((canary) => rows.includes(canary))).toEqual([]);
  });

  it('is not in what Kafka keeps', async () => {
    if (deployed.kafkaFolder === undefined) return;
    const kept = await textsIn(deployed.kafkaFolder);
    expect(kept).toContain('attribution.customer.v1');
    expect(canaries.filter((canary) => kept.includes(canary))).toEqual([]);
  });

  it('is in no line of the logs', () => {
    const lines = deployed.logLines.join('\n');
    expect(lines).toContain('/v1/events');
    expect(canaries.filter((canary) => lines.includes(canary))).toEqual([]);
  });

  it.each([
    'claims',
    'conflicts',
    'customers',
    'sales',
    'unattributed',
    'partners/northwind/customers',
  ])('is not in what %s exports', async (list) => {
    const { url, keys } = deployed.attribution;
    const headers = { accept: 'text/csv', authorization: `Bearer ${keys.admin}` };
    const response = await fetch(`${url}/v1/${list}`, { headers });
    const csv = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect(canaries.filter((canary) => csv.includes(canary))).toEqual([]);
  });

  it('is in no event of the log, whoever reads it', async () => {
    const { attribution } = deployed;
    let seen = 0;
    for await (const event of attribution.log()) {
      seen += 1;
      const text = JSON.stringify(event, (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      expect(canaries.filter((canary) => text.includes(canary))).toEqual([]);
    }
    expect(seen).toBeGreaterThan(UPSTREAM_TYPES.size);
  });

  async function sendAll(): Promise<void> {
    const { url, keys } = deployed.attribution;
    const events = [...UPSTREAM_TYPES.values()].map(({ example }, i) =>
      withCanaries(example as UpstreamEvent, i),
    );
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents-batch+json',
        authorization: `Bearer ${keys.upstream}`,
      },
      body: JSON.stringify(events),
    });
    const { items } = (await response.json()) as { items: { status: number }[] };
    expect(items.filter(({ status }) => status !== 202)).toEqual([]);
    // Refusals quote nothing either.
    const bad = { ...events[0], data: { email: canary() } };
    await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.upstream}` },
      body: JSON.stringify(bad),
    });
  }

  /** Each personal value is another token; hashes look as hashes do. */
  function withCanaries(event: UpstreamEvent, i: number): UpstreamEvent {
    const data = mapPersonal(event.type, event.data, ({ value }): Json => {
      if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return canary(64);
      return canary();
    });
    const subject = canary();
    return {
      ...event,
      data: plainTaxId(data),
      subject,
      partitionkey: subject,
      source: SOURCE,
      id: `${CONTROL}-${i}`,
    };
  }

  function canary(length = 32): string {
    const token = randomBytes(length / 2).toString('hex');
    canaries.push(token);
    return token;
  }

  async function settled(): Promise<void> {
    const { url, keys } = deployed.attribution;
    for (let attempt = 0; attempt < 200; attempt++) {
      const response = await fetch(`${url}/v1/feeds/attribution`, {
        headers: { authorization: `Bearer ${keys.admin}` },
      });
      const { subscriptions } = (await response.json()) as { subscriptions: { lag: string }[] };
      if (attempt > 5 && subscriptions.every(({ lag }) => lag === '0')) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
});

/** The one value that is sent in the clear has a shape of its own. */
function plainTaxId(data: JsonObject): JsonObject {
  const { company } = data as { company?: JsonObject };
  const taxId = company?.['taxId'];
  return typeof taxId === 'string'
    ? { ...data, company: { ...company, taxId: taxId.slice(0, 32) } }
    : data;
}

async function textsIn(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((name) => name.isFile() && name.name.endsWith('.log'));
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')),
  );
  return texts.join('\n');
}
