import type { PartnerStatus } from '@tributary/contracts';
import type { PartnerEvent } from './events';

export type StatusChange = 'ActivatePartner' | 'EndPartner' | 'ReinstatePartner' | 'SuspendPartner';

interface Transition {
  readonly event: Exclude<PartnerEvent['type'], 'PartnerRegistered' | 'PartnerTermsChanged'>;
  readonly from: readonly PartnerStatus[];
  readonly to: PartnerStatus;
}

/** A partner who left may come back: what is owed between the two goes on. */
export const TRANSITIONS: Readonly<Record<StatusChange, Transition>> = {
  ActivatePartner: { event: 'PartnerActivated', from: ['prospective'], to: 'active' },
  SuspendPartner: { event: 'PartnerSuspended', from: ['active'], to: 'suspended' },
  ReinstatePartner: { event: 'PartnerReinstated', from: ['suspended', 'ended'], to: 'active' },
  EndPartner: {
    event: 'PartnerEnded',
    from: ['prospective', 'active', 'suspended'],
    to: 'ended',
  },
};

/** Whether a change that is already told still makes sense after another status; saying again what holds does. */
export const mayFollow = (before: PartnerStatus, after: PartnerStatus): boolean =>
  before === after ||
  Object.values(TRANSITIONS).some(({ from, to }) => to === after && from.includes(before));
