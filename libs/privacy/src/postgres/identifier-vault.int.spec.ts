import { identifierVaultContract } from '../contract/identifier-vault-contract.fixture';
import type { Privacy } from '../privacy';
import { type PrivacySite, startPrivacySite } from './privacy-site.fixture';

let site: PrivacySite;
let here: Privacy;
beforeAll(async () => {
  site = await startPrivacySite();
  here = await site.process();
});
afterAll(() => site.stop());

describe('exchanging references in PostgreSQL', () => {
  describe('in a process that remembers', () => identifierVaultContract(() => here.vault));

  it('agrees among processes that meet the same new references at once', async () => {
    const processes = await Promise.all([site.process(), site.process(), site.process()]);
    const references = Array.from({ length: 4_000 }, (_, i) => ({ kind: 'race', value: `r${i}` }));
    const answers = await Promise.all(
      processes.flatMap(({ vault }, i) =>
        // Overlapping, and in opposite orders.
        [0, 1_000, 2_000].map(async (from) => {
          const part = references.slice(from, from + 2_000);
          if (i % 2 === 0) part.reverse();
          const pseudonyms = await vault.exchange('acme', part);
          return new Map(part.map(({ value }, at) => [value, pseudonyms[at]]));
        }),
      ),
    );
    const settled = await here.vault.exchange('acme', references);
    expect(new Set(settled).size).toBe(references.length);
    const expected = new Map(references.map(({ value }, at) => [value, settled[at]]));
    for (const answer of answers)
      for (const [value, pseudonym] of answer) expect(pseudonym).toBe(expected.get(value));
  });

  it('takes the pseudonym of whoever was faster, when it waited for that one', async () => {
    const reference = { kind: 'race', value: 'waits for another' };
    const [first = ''] = await here.vault.exchange('acme', [reference]);
    const other = await site.process();
    const [row = {}] = await site.rowsOf(
      'delete from privacy.identifier where pseudonym = $1 returning *',
      [first],
    );
    const outcome = await site.whileUncommitted({
      write: 'insert into privacy.identifier (tenant, mac, pseudonym) values ($1, $2, $3)',
      values: [row['tenant'], row['mac'], row['pseudonym']],
      meanwhile: () => other.vault.exchange('acme', [reference]),
      end: 'commit',
    });
    expect(outcome).toEqual([first]);
  });

  it('says the same after a restart', async () => {
    const reference = { kind: 'visitor', value: 'comes back' };
    const before = await here.vault.exchange('acme', [reference]);
    const restarted = await site.process();
    expect(await restarted.vault.find('acme', reference)).toBe(before[0]);
    expect(await restarted.vault.exchange('acme', [reference])).toEqual(before);
  });

  it('stops believing its memory a moment after another process has forgotten', async () => {
    const reference = { kind: 'visitor', value: 'forgotten elsewhere' };
    const there = await site.process();
    const [known = ''] = await there.vault.exchange('acme', [reference]);
    await here.vault.forget('acme', [known]);
    const [anew] = await here.vault.exchange('acme', [reference]);
    expect(anew).not.toBe(known);
    site.letTimePass();
    expect(await there.vault.exchange('acme', [reference])).toEqual([anew]);
  });

  it('does not keep what it looked up while it was being forgotten', async () => {
    const reference = { kind: 'visitor', value: 'meets its erasure' };
    const [known = ''] = await here.vault.exchange('acme', [reference]);
    const other = await site.process();
    for (let i = 0; i < 10; i++) {
      const before = (await here.vault.exchange('acme', [reference]))[0] as string;
      const [seen] = await Promise.all([
        other.vault.exchange('acme', [reference]),
        other.vault.forget('acme', [before]),
      ]);
      expect(seen[0]).toMatch(/^[0-9a-f]{32}$/);
      const settled = await other.vault.exchange('acme', [reference]);
      site.letTimePass();
      expect(settled[0]).not.toBe(before);
      expect(await here.vault.exchange('acme', [reference])).toEqual(settled);
    }
    expect(await here.vault.find('acme', reference)).not.toBe(known);
  });
});
