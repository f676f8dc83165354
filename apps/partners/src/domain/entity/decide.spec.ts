import type { EntityValue } from '@tributary/contracts';
import { instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import { type EntityCommand, entity } from './decide';
import type { EntityEvent } from './events';

const { given } = specFor(entity);

describe('registering an entity', () => {
  it('takes it with its currency and its zone', () => {
    given().when(REGISTER).then(REGISTERED);
  });

  it('refuses an id that is taken', () => {
    given(REGISTERED).when(REGISTER).thenRejected({ code: 'entity_exists' });
  });
});

describe('renaming an entity', () => {
  it('keeps currency and zone', () => {
    given(REGISTERED)
      .when(RENAME)
      .then({
        type: 'EntityRenamed',
        data: {
          entity: 'br',
          at: FEBRUARY,
          changed: { name: 'Acme SA' },
          steps: [
            { at: JANUARY, value: VALUE },
            { at: FEBRUARY, value: { ...VALUE, name: 'Acme SA' } },
          ],
        },
        occurredAt: MARCH,
      });
  });

  it('refuses to rename what nobody knows, and before it was there', () => {
    given().when(RENAME).thenRejected({ code: 'entity_unknown' });
    given(REGISTERED)
      .when({ ...RENAME, effectiveAt: EARLIER })
      .thenRejected({ code: 'before_creation', at: EARLIER, createdAt: JANUARY });
    given(REGISTERED)
      .when({ ...RENAME, effectiveAt: JANUARY })
      .thenRejected({ code: 'instant_taken', at: JANUARY });
  });
});

const EARLIER = instant('2025-12-01T00:00:00Z');
const JANUARY = instant('2026-01-01T00:00:00Z');
const FEBRUARY = instant('2026-02-01T00:00:00Z');
const MARCH = instant('2026-03-01T00:00:00Z');
const VALUE: EntityValue = { name: 'Acme Ltda', currency: 'BRL/2', zone: 'America/Sao_Paulo' };

const REGISTER: EntityCommand = {
  type: 'RegisterEntity',
  entity: 'br',
  value: VALUE,
  effectiveAt: JANUARY,
  receivedAt: MARCH,
};

const RENAME: EntityCommand = {
  type: 'RenameEntity',
  entity: 'br',
  name: 'Acme SA',
  effectiveAt: FEBRUARY,
  receivedAt: MARCH,
};

const REGISTERED: EntityEvent = {
  type: 'EntityRegistered',
  data: { entity: 'br', at: JANUARY, changed: VALUE, steps: [{ at: JANUARY, value: VALUE }] },
  occurredAt: MARCH,
};
