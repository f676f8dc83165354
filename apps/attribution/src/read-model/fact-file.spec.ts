import type { Recorded } from '@tributary/kernel';
import { factIdOf } from '../domain/fact/events';
import { factFile } from './fact-file';

const SHOP = 'https://shop.example/production';
const identity = { source: SHOP, id: 'click-1' };

describe('reading what became of a fact', () => {
  it('calls it by its identity, as whatever rests on it does', async () => {
    const file = await factFile([accepted]);
    expect(file?.fact.fact.factId).toBe(factIdOf('acme', SHOP, 'click-1'));
  });

  it('puts the word that holds before the others first', async () => {
    const later = retracted({ why: 'superseded', reason: null, by: 'f2' });
    const earlier = retracted({ why: 'retracted', reason: 'sent_in_error', by: 'f1' });
    const file = await factFile([later, accepted, earlier]);
    expect(file?.retractions[0]).toMatchObject({ why: 'retracted', by: { factId: 'f1' } });
  });
});

const recorded = (type: string, data: object): Recorded =>
  ({ type, data, id: 'event-1', tenant: 'acme', contentHash: 'h' }) as unknown as Recorded;

const accepted = recorded('FactAccepted', { ...identity, type: 'tributary.touch.click.v1' });

const retracted = ({ by, ...said }: { why: string; reason: string | null; by: string }): Recorded =>
  recorded('FactRetracted', { ...identity, ...said, by: { factId: by, hash: 'h' } });
