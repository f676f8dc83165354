import { LEAD_REGISTERED, type UpstreamEvent, exampleOf } from '@tributary/contracts';
import type { JsonObject } from '@tributary/kernel';
import type { PersonalData } from '@tributary/privacy';
import { inMemoryPrivacy } from '@tributary/privacy/testing';
import { factStreamOf } from '../domain/fact/events';
import { protect } from './protection';

const LEAD = exampleOf(LEAD_REGISTERED) as unknown as UpstreamEvent;
const STREAM = factStreamOf('acme', LEAD.source, LEAD.id);

describe('taking personal data out of a fact', () => {
  let personal: PersonalData;
  beforeEach(async () => {
    personal = await inMemoryPrivacy().of('acme');
  });
  const protectedLead = async (change: JsonObject = {}) => {
    const [fact] = await protect(
      [{ ...LEAD, data: { ...LEAD.data, ...change } }],
      [STREAM],
      personal,
    );
    if (!fact) throw new Error('One fact goes in, one comes out.');
    return fact;
  };

  it('keeps nothing of what says who somebody is', async () => {
    const kept = JSON.stringify((await protectedLead({ leadRef: 'lead-of-ana' })).event);
    for (const secret of [
      'lead-of-ana',
      LEAD.subject,
      ...Object.values(LEAD.data['pii'] as JsonObject),
    ])
      expect(kept).not.toContain(JSON.stringify(secret));
  });

  it('gives one person one pseudonym, whenever and wherever it is named', async () => {
    const [first, again] = [await protectedLead(), await protectedLead()];
    expect(again.event.data['leadRef']).toBe(first.event.data['leadRef']);
    const other = await protectedLead({ leadRef: 'somebody-else' });
    expect(other.event.data['leadRef']).not.toBe(first.event.data['leadRef']);
  });

  it('recognises a repeat although it is sealed anew, and other content although it is hidden', async () => {
    const [first, again] = [await protectedLead(), await protectedLead()];
    expect(again.fingerprint).toBe(first.fingerprint);
    expect(again.event.data['pii']).not.toEqual(first.event.data['pii']);
    const changed = await protectedLead({ pii: { contactName: 'Somebody Else' } });
    expect(changed.fingerprint).not.toBe(first.fingerprint);
  });

  it('opens what was sealed at its own place alone', async () => {
    const { event } = await protectedLead();
    const { contactName } = event.data['pii'] as unknown as {
      contactName: Parameters<PersonalData['open']>[0];
    };
    const place = { stream: STREAM, type: 'FactAccepted', field: 'data.pii.contactName' };
    expect(await personal.open(contactName, place)).toBe(
      (LEAD.data['pii'] as JsonObject)['contactName'],
    );
    await expect(
      personal.open(contactName, { ...place, field: 'data.pii.contactEmail' }),
    ).rejects.toMatchObject({ code: 'seal_broken' });
  });

  it('takes a fact about somebody who was erased without its personal values, and says so', async () => {
    const { event } = await protectedLead();
    await personal.destroy(event.data['leadRef'] as string);
    const after = await protectedLead();
    expect(after.erased).toBe(true);
    expect(Object.values(after.event.data['pii'] as JsonObject)).toEqual(
      Object.values(LEAD.data['pii'] as JsonObject).map(() => null),
    );
  });
});
