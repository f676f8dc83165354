import { type Instant, instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import type { EvidenceItem, FactRef, Identifier, Touch } from '../evidence';
import { type NoteEvidence, type WithdrawItem, identifier } from './decide';
import { type CrowdFound, type EvidenceNoted, MOST_LINKS, MOST_TOUCHES } from './events';
import type { NotedItem } from './items';

const { given } = specFor(identifier);

describe('noting what happened under an identifier', () => {
  it('keeps each item with its first version, at the time of the world', () => {
    given()
      .when(note(touch('f1'), touch('f2', MARCH)))
      .then(noted(MARCH, [v(1, touch('f1')), v(1, touch('f2', MARCH))]));
  });

  it('ignores an item that it has', () => {
    given(noted(JANUARY, [v(1, touch('f1'))]))
      .when(note(touch('f1'), touch('f1')))
      .thenNothing();
  });

  it('gives an item that has changed its next version', () => {
    const changed = { ...touch('f1'), body: { ...click, consent: false } };
    given(noted(JANUARY, [v(1, touch('f1'))]))
      .when(note(changed))
      .then(noted(JANUARY, [v(2, changed)]));
  });

  it('takes states that come with their own version in any order', () => {
    given(noted(MARCH, [claim(3, 'protected')]))
      .when(note(claim(2, 'pending')))
      .thenNothing();
    given(noted(JANUARY, [claim(2, 'pending')]))
      .when(note(claim(3, 'protected')))
      .then(noted(JANUARY, [claim(3, 'protected')]));
  });

  it('splits a long list over several events', () => {
    const items = Array.from({ length: 150 }, (_, i) => touch(`f${String(i)}`));
    given()
      .when(note(...items))
      .then(
        noted(
          JANUARY,
          items.slice(0, 100).map((item) => v(1, item)),
        ),
        noted(
          JANUARY,
          items.slice(100).map((item) => v(1, item)),
        ),
      );
  });
});

describe('taking a fact back', () => {
  it('withdraws every item that the fact has said, and nothing else', () => {
    const other = touch('f2');
    given(noted(JANUARY, [v(1, touch('f1')), v(1, touch('f1', JANUARY, 'f1.1')), v(1, other)]))
      .when(withdraw('f1'))
      .then(noted(MARCH, [marker('f1'), gone(2, 'f1'), gone(2, 'f1.1')]));
  });

  it('is remembered when it comes before the fact, which counts for nothing then', () => {
    given()
      .when(withdraw('f1'))
      .then(noted(MARCH, [marker('f1')]));
    given(noted(MARCH, [marker('f1')]))
      .when(note(touch('f1')))
      .then(noted(MARCH, [v(1, touch('f1')), gone(2, 'f1')]));
  });

  it('is not undone when the fact is delivered again, and is itself done once', () => {
    const taken = [
      noted(JANUARY, [v(1, touch('f1'))]),
      noted(MARCH, [marker('f1'), gone(2, 'f1')]),
    ];
    given(...taken)
      .when(note(touch('f1')))
      .thenNothing();
    given(...taken)
      .when(withdraw('f1'))
      .thenNothing();
  });
});

describe('taking a fact back more than once', () => {
  it('rests on the earliest retraction, whichever came first', () => {
    const [early, late] = [
      { ...gone(2, 'f1'), version: 3, at: JANUARY, fact: factOf('earlier') },
      noted(MARCH, [marker('f1'), gone(2, 'f1')]),
    ];
    given(noted(JANUARY, [v(1, touch('f1'))]), late)
      .when({ ...withdraw('f1'), by: factOf('earlier'), at: JANUARY })
      .then(noted(JANUARY, [{ ...early, item: 'withdrawn.f1', version: 2 }, early]));
    given(noted(JANUARY, [v(1, touch('f1'))]), late)
      .when({ ...withdraw('f1'), by: factOf('zzz') })
      .thenNothing();
  });
});

describe('finding a crowd', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => touch(`f${String(i)}`));
  const notedMany = (items: readonly NotedItem[]) =>
    items.map((item) => noted(JANUARY, [v(1, item)]));

  it('takes a thousand touches, and no more', () => {
    given(...notedMany(many(MOST_TOUCHES - 1)))
      .when(note(touch('last')))
      .then(noted(JANUARY, [v(1, touch('last'))]));
    given(...notedMany(many(MOST_TOUCHES)))
      .when(note(touch('last')))
      .then(noted(JANUARY, [v(1, touch('last'))]), crowd(MOST_TOUCHES + 1, 0));
  });

  it('counts touches that were taken back', () => {
    const before = [
      ...notedMany(many(MOST_TOUCHES - 1)),
      noted(MARCH, [marker('f1'), gone(2, 'f1')]),
      noted(MARCH, [marker('late')]),
    ];
    given(...before, noted(JANUARY, [v(1, touch('x'))]))
      .when(note(touch('late')))
      .then(
        noted(MARCH, [v(1, touch('late')), gone(2, 'late')]),
        crowd(MOST_TOUCHES + 1, 0, MARCH),
      );
  });

  it('takes links to fifty others, however often they are told', () => {
    const others = Array.from({ length: MOST_LINKS }, (_, i) =>
      v(1, link(`l${String(i)}`, `c${String(i)}`)),
    );
    const full = others.map((item) => noted(JANUARY, [item]));
    given(...full)
      .when(note(link('again', 'c0')))
      .then(noted(JANUARY, [v(1, link('again', 'c0'))]));
    given(...full)
      .when(note(link('more', 'c99')))
      .then(noted(JANUARY, [v(1, link('more', 'c99'))]), crowd(0, MOST_LINKS + 1));
  });

  it('notes nothing more', () => {
    const found = [noted(JANUARY, [v(1, touch('f1'))]), crowd(1001, 0)] as const;
    given(...found)
      .when(note(touch('f2')))
      .thenNothing();
    given(...found)
      .when(withdraw('f1'))
      .thenNothing();
  });
});

const JANUARY = instant('2026-01-10T00:00:00Z');
const MARCH = instant('2026-03-10T00:00:00Z');
const visitor: Identifier = { kind: 'visitor', id: 'v1' };
const click: Touch = {
  kind: 'touch',
  type: 'click',
  partner: 'northwind',
  consent: true,
  selfReported: false,
};

const factOf = (factId: string): FactRef => ({ factId, hash: `hash of ${factId}` });

const touch = (fact: string, at: Instant = JANUARY, item = fact): NotedItem => ({
  item,
  at,
  fact: factOf(fact),
  body: click,
});

const link = (fact: string, customer: string): NotedItem => ({
  item: fact,
  at: JANUARY,
  fact: factOf(fact),
  body: { kind: 'link', to: { kind: 'customer', id: customer }, linked: true, basis: 'login' },
});

const v = (version: number, item: NotedItem): EvidenceItem => ({ ...item, version });

const claim = (version: number, state: 'pending' | 'protected'): EvidenceItem => ({
  item: 'claim.p1.l1',
  version,
  at: JANUARY,
  fact: factOf('f1'),
  body: { kind: 'claim', prospect: 'p1', partner: 'northwind', state, registeredAt: JANUARY },
});

const gone = (version: number, item: string): EvidenceItem => ({
  item,
  version,
  at: MARCH,
  fact: factOf('retraction'),
  body: { kind: 'withdrawn' },
});
const marker = (fact: string): EvidenceItem => gone(1, `withdrawn.${fact}`);

const note = (...items: readonly NotedItem[]): NoteEvidence => ({
  type: 'NoteEvidence',
  identifier: visitor,
  items,
});
const withdraw = (item: string): WithdrawItem => ({
  type: 'WithdrawItem',
  identifier: visitor,
  item,
  by: factOf('retraction'),
  at: MARCH,
});
const noted = (occurredAt: Instant, items: readonly EvidenceItem[]): EvidenceNoted => ({
  type: 'EvidenceNoted',
  data: { identifier: visitor, items },
  occurredAt,
});
const crowd = (touches: number, links: number, occurredAt: Instant = JANUARY): CrowdFound => ({
  type: 'CrowdFound',
  data: { identifier: visitor, touches, links },
  occurredAt,
});
