import { type Instant, type JsonObject, instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import { type AcceptFact, MOST_RIVALS, type RetractFact, type TakeUpFact, fact } from './decide';
import type { FactAccepted, FactBecameDue, FactConflicted, FactRetracted } from './events';

const { given } = specFor(fact);

const AT = instant('2026-03-12T14:30:00-03:00');
const LATER = instant('2026-04-12T14:30:00-03:00');
const DATA: JsonObject = { minutes: 240, trainingRef: 'payments-101' };

const contentOf = (data: JsonObject) => ({
  source: 'https://academy.example/production',
  id: 'completion-2041',
  type: 'tributary.training.completed.v1',
  time: '2026-03-12T14:30:00-03:00',
  subject: 'northwind',
  dataschema: '/v1/schemas/training.completed.v1',
  data,
});

describe('accepting a fact of upstream', () => {
  it('keeps it as it was sent, at the time of the world', () => {
    given().when(sent()).then(accepted());
  });

  it('ignores the same content under the same identity', () => {
    given(accepted()).when(sent()).thenNothing();
  });

  it('shows other content under the same identity, naming every field that differs', () => {
    given(accepted())
      .when(sent('f2', { minutes: 300, trainingRef: 'payments-101', extra: null }))
      .then(conflicted('f2', ['data.extra', 'data.minutes']));
  });

  it('names fields of the envelope as well, as their sender does', () => {
    const other = sent('f2');
    given(accepted())
      .when({
        ...other,
        content: {
          ...other.content,
          subject: 'southwind',
          time: '2026-03-13T00:00:00Z',
          programme: 'resellers',
        },
      })
      .then(conflicted('f2', ['time', 'subject', 'programid']));
  });

  it('names what is sealed, and never the same twice, only where nothing else can differ', () => {
    const withPii = (sealed: string, minutes = 240) => ({
      ...DATA,
      minutes,
      pii: { name: sealed },
    });
    const there = { ...accepted(), data: { ...accepted().data, ...contentOf(withPii('x')) } };
    given(there)
      .when(sent('f2', withPii('y', 300)))
      .then(conflicted('f2', ['data.minutes']));
    given(there)
      .when(sent('f2', withPii('y')))
      .then(conflicted('f2', ['data.pii']));
  });

  it('shows each rival content once', () => {
    given(accepted(), conflicted('f2', ['data.minutes']))
      .when(sent('f2', { minutes: 300, trainingRef: 'payments-101' }))
      .thenNothing();
  });

  it('shows no more rivals than its limit, and still says what differs', () => {
    const rivals = Array.from({ length: MOST_RIVALS }, (_, i) =>
      conflicted(`r${i}`, ['data.minutes']),
    );
    given(accepted(), ...rivals)
      .when(sent('r99', { minutes: 99, trainingRef: 'payments-101' }))
      .thenRejected({ code: 'event_conflict', differs: ['data.minutes'] });
  });
});

describe('a fact that lies ahead', () => {
  const [ahead, there] = [{ ...sent(), waitsUntil: LATER }, waiting()];
  const due: FactBecameDue = {
    type: 'FactBecameDue',
    data: { source: contentOf(DATA).source, id: contentOf(DATA).id },
    occurredAt: LATER,
  };

  it('is kept, and handed on once, when its time has come', () => {
    given().when(ahead).then(there);
    given(there).when(takingUp(AT)).thenNothing();
    given(there).when(takingUp(LATER)).then(due);
    given(there, due).when(takingUp(LATER)).thenNothing();
  });

  it('is a repeat when it is sent again once it is no more ahead', () => {
    given(there).when(sent()).thenNothing();
    given(there, due).when(sent()).thenNothing();
  });

  it('is taken back behind its time where it was while it waited', () => {
    given(there).when(taken()).then(retracted());
    given(there, retracted()).when(takingUp(LATER)).then(due, retracted());
  });

  it('is what was sent, and nothing that was not', () => {
    given(accepted()).when(takingUp(LATER)).thenNothing();
    given().when(takingUp(LATER)).thenNothing();
    given(retracted()).when(takingUp(LATER)).thenNothing();
  });
});

describe('taking a fact back', () => {
  it('says so behind the fact', () => {
    given(accepted()).when(taken()).then(retracted());
  });

  it('says it once, whoever says it again', () => {
    given(accepted(), retracted()).when(taken('r2')).thenNothing();
    given(retracted()).when(taken('r2')).thenNothing();
  });

  it('waits for a fact that comes later, and says it again behind that', () => {
    given().when(taken()).then(retracted());
    given(retracted()).when(sent()).then(accepted(), retracted());
  });

  it('goes by the earliest word, whoever says it first', () => {
    given(accepted(), retracted('r2', LATER)).when(taken('r1')).then(retracted('r1'));
    given(retracted('r1')).when(taken('r2', LATER)).thenNothing();
    given(retracted('r1', LATER)).when(sent()).then(accepted(), retracted('r1', LATER));
  });

  it('says of each fact that supersedes it that it does, once, for one of them may be retracted', () => {
    const [one, other] = [superseded('s1'), superseded('s2', LATER)];
    given(accepted(), one).when(superseding('s2', LATER)).then(other);
    given(accepted(), other).when(superseding('s1')).then(one);
    given(accepted(), one, other).when(superseding('s1')).thenNothing();
    given(other, one).when(sent()).then(accepted(), one, other);
    given(accepted(), one).when(taken('r1', LATER)).then(retracted('r1', LATER));
    given(accepted(), retracted('r1', LATER)).when(superseding('s1')).then(one);
  });

  it('still knows the fact: its repeat is a repeat, its rival a rival', () => {
    given(accepted(), retracted()).when(sent()).thenNothing();
    given(accepted(), retracted())
      .when(sent('f2', { minutes: 300, trainingRef: 'payments-101' }))
      .then(conflicted('f2', ['data.minutes']));
  });
});

function sent(fingerprint = 'f1', data = DATA): AcceptFact {
  return { type: 'AcceptFact', content: contentOf(data), fingerprint, occurredAt: AT };
}

function accepted(): FactAccepted {
  return { type: 'FactAccepted', data: { ...contentOf(DATA), fingerprint: 'f1' }, occurredAt: AT };
}

const byFact = (by: string): FactRetracted['data'] => {
  const { source, id } = contentOf(DATA);
  return { source, id, why: 'retracted', reason: 'entered twice', by: { factId: by, hash: 'h' } };
};

const bySuccessor = (by: string): FactRetracted['data'] => ({
  ...byFact(by),
  why: 'superseded',
  reason: null,
});

const superseding = (by: string, occurredAt = AT): RetractFact => ({
  type: 'RetractFact',
  retraction: bySuccessor(by),
  occurredAt,
});

const superseded = (by: string, occurredAt = AT): FactRetracted => ({
  type: 'FactRetracted',
  data: bySuccessor(by),
  occurredAt,
});

const taken = (by = 'r1', occurredAt = AT): RetractFact => ({
  type: 'RetractFact',
  retraction: byFact(by),
  occurredAt,
});

const retracted = (by = 'r1', occurredAt = AT): FactRetracted => ({
  type: 'FactRetracted',
  data: byFact(by),
  occurredAt,
});

function waiting(): FactAccepted {
  const { data, ...event } = accepted();
  return { ...event, data: { ...data, waitsUntil: LATER } };
}

function takingUp(asOf: Instant): TakeUpFact {
  const { source, id } = contentOf(DATA);
  return { type: 'TakeUpFact', source, id, asOf };
}

function conflicted(fingerprint: string, differs: string[]): FactConflicted {
  const { source, id } = contentOf(DATA);
  return { type: 'FactConflicted', data: { source, id, differs, fingerprint }, occurredAt: AT };
}
