import type { CommandBus } from '@nestjs/cqrs';
import { DISPUTE_DECIDED } from '@tributary/contracts';
import { reactionSpec } from '@tributary/feeds/testing';
import { noon } from '../domain/earnings/earnings.fixture';
import { disputesDecided } from './disputes';

const nobody = { execute: () => Promise.reject(new Error('nothing is sent here')) };
const spec = reactionSpec(disputesDecided(nobody as unknown as CommandBus));

const decided = (due: string | null) => ({
  type: DISPUTE_DECIDED,
  data: {
    dispute: 'd1',
    lineId: 'l1',
    partner: 'p1',
    plan: 'brcommercial',
    window: '2026-q1',
    due,
    reason: 'as agreed',
    evidence: [],
    proposedBy: 'ana',
    decidedBy: 'bea',
    decidedAt: noon('03-25'),
  },
});

describe('a dispute that payouts has decided (M123)', () => {
  it('is an override by the same two persons, of the day of their decision', () =>
    spec.given(decided('5000')).then({
      type: 'TakeDecision',
      id: { partner: 'p1', plan: 'brcommercial', window: '2026-q1' },
      line: 'l1',
      override: 'd1',
      amount: '5000',
      proposedBy: 'ana',
      by: 'bea',
      receivedAt: noon('03-25'),
    }));

  it('changes nothing where it was refused', () => spec.given(decided(null)).thenNothing());
});
