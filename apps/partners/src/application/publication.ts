import {
  AGREEMENT,
  type AgreementData,
  ENTITY,
  type EntityData,
  LINK,
  type LinkData,
  PARTNER,
  type PartnerData,
  PROGRAMME,
  type ProgrammeData,
  QUALIFICATION,
  type QualificationData,
} from '@tributary/contracts';
import type { Publication } from '@tributary/feeds';
import type { AgreementEvent } from '../domain/agreement/events';
import type { CertificationEvent } from '../domain/certification/events';
import type { EntityEvent } from '../domain/entity/events';
import type { LinkEvent } from '../domain/link/events';
import type { PartnerEvent } from '../domain/partner/events';
import type { ProgrammeEvent } from '../domain/programme/events';
import type { QualificationEvent } from '../domain/qualification/events';

/** An amendment that is only proposed, a signature and a step of a training are nobody else's business. */
type Told =
  | EntityEvent
  | Exclude<AgreementEvent, { type: 'AgreementSigned' | 'AmendmentProposed' }>
  | Extract<CertificationEvent, { type: 'CertificationRevised' }>
  | LinkEvent
  | PartnerEvent
  | ProgrammeEvent
  | QualificationEvent;

const agreementOf = ({ agreement, steps }: AgreementData) => ({
  type: AGREEMENT,
  data: { agreement, steps } satisfies AgreementData,
});
const entityOf = ({ entity, steps }: EntityData) => ({
  type: ENTITY,
  data: { entity, steps } satisfies EntityData,
});
const linkOf = ({ link, kind, system, code, steps }: LinkData) => ({
  type: LINK,
  data: { link, kind, system, code, steps } satisfies LinkData,
});
const partnerOf = ({ partner, steps }: PartnerData) => ({
  type: PARTNER,
  data: { partner, steps } satisfies PartnerData,
});
const programmeOf = ({ programme, steps }: ProgrammeData) => ({
  type: PROGRAMME,
  data: { programme, steps } satisfies ProgrammeData,
});

const qualificationOf = ({ partner, kind, record, steps }: QualificationData) => ({
  type: QUALIFICATION,
  data: { partner, kind, record, steps } satisfies QualificationData,
});

/** What others may know of each event: the timeline, and neither who decided nor why. */
const TELLING: {
  readonly [T in Told['type']]: (data: Extract<Told, { type: T }>['data']) => {
    readonly type: string;
    readonly data: object;
  };
} = {
  AgreementActivated: agreementOf,
  AgreementAmended: agreementOf,
  AgreementDrafted: agreementOf,
  AgreementEnded: agreementOf,
  CertificationRevised: qualificationOf,
  EntityRegistered: entityOf,
  EntityRenamed: entityOf,
  LinkClosed: linkOf,
  LinkIssued: linkOf,
  LinkMoved: linkOf,
  PartnerActivated: partnerOf,
  PartnerEnded: partnerOf,
  PartnerRegistered: partnerOf,
  PartnerReinstated: partnerOf,
  PartnerSuspended: partnerOf,
  PartnerTermsChanged: partnerOf,
  ProgrammeOpened: programmeOf,
  ProgrammeSettingsChanged: programmeOf,
  QualificationGranted: qualificationOf,
  QualificationWithdrawn: qualificationOf,
};

export const publication: Publication = {
  owner: 'partners',
  version: 2,
  types: Object.keys(TELLING),
  publish: ({ type, data }) => TELLING[type as Told['type']](data as never),
};
