import type { IdentifierVault, Reference } from '../identifier-vault';

/** What every vault keeps, whatever it stands on. */
export function identifierVaultContract(vaultOf: () => IdentifierVault): void {
  const ANNA = { kind: 'email', value: 'c0ffee-anna' };
  const BERT = { kind: 'email', value: 'c0ffee-bert' };

  const one = async (tenant: string, reference: Reference) =>
    (await vaultOf().exchange(tenant, [reference]))[0] as string;

  it('gives the same reference the same pseudonym, in the order it was asked', async () => {
    const first = await vaultOf().exchange('acme', [ANNA, BERT, ANNA]);
    expect(first[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(first[2]).toBe(first[0]);
    expect(first[1]).not.toBe(first[0]);
    expect(await vaultOf().exchange('acme', [BERT, ANNA])).toEqual([first[1], first[0]]);
    expect(await vaultOf().exchange('acme', [])).toEqual([]);
  });

  it('takes nothing for the same that is not, byte by byte', async () => {
    const alike: readonly Reference[] = [
      ANNA,
      { kind: 'email', value: 'C0ffee-anna' },
      { kind: 'email', value: ' c0ffee-anna' },
      { kind: 'lead', value: 'c0ffee-anna' },
      { kind: 'email1', value: '1:c0ffee-anna' },
      { kind: 'email', value: 'é' },
      { kind: 'email', value: 'e\u0301' },
      { kind: 'a', value: 'bc' },
      { kind: 'ab', value: 'c' },
    ];
    const pseudonyms = await vaultOf().exchange('acme', alike);
    expect(new Set(pseudonyms).size).toBe(alike.length);
    expect(await one('umbrella', ANNA)).not.toBe(await one('acme', ANNA));
  });

  it('finds without making', async () => {
    const stranger = { kind: 'visitor', value: 'nobody yet' };
    expect(await vaultOf().find('acme', stranger)).toBeUndefined();
    expect(await vaultOf().find('acme', stranger)).toBeUndefined();
    const made = await one('acme', stranger);
    expect(await vaultOf().find('acme', stranger)).toBe(made);
    expect(await vaultOf().find('umbrella', stranger)).toBeUndefined();
  });

  it('takes a forgotten reference for somebody new, in this tenant alone', async () => {
    const [anna, bert] = [await one('acme', ANNA), await one('acme', BERT)];
    const elsewhere = await one('umbrella', ANNA);
    await vaultOf().forget('umbrella', [anna]);
    expect(await one('acme', ANNA)).toBe(anna);
    await vaultOf().forget('acme', [anna]);
    await vaultOf().forget('acme', [anna]);
    expect(await vaultOf().find('acme', ANNA)).toBeUndefined();
    expect(await one('acme', ANNA)).not.toBe(anna);
    expect(await one('acme', BERT)).toBe(bert);
    expect(await one('umbrella', ANNA)).toBe(elsewhere);
  });

  it.each([
    ['an empty value', { kind: 'email', value: '' }],
    ['an empty kind', { kind: '', value: 'x' }],
    ['half a character', { kind: 'email', value: 'x\ud800' }],
  ])('refuses %s, which many would share', async (_, reference) => {
    await expect(vaultOf().exchange('acme', [reference])).rejects.toMatchObject({
      code: 'invalid_reference',
    });
    await expect(vaultOf().find('acme', reference)).rejects.toMatchObject({
      code: 'invalid_reference',
    });
  });

  it('does not repeat what it was wrongly told to forget', async () => {
    const forgetting = vaultOf().forget('acme', ['anna@example.com']);
    await expect(forgetting).rejects.toMatchObject({
      code: 'invalid_pseudonym',
      message: expect.not.stringContaining('anna') as string,
    });
  });
}
