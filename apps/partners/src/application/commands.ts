import { streamOf } from '@tributary/kernel';
import { Dispatched, commandHandler } from '@tributary/platform';
import type { AgreementCommand, AgreementRejected } from '../domain/agreement/commands';
import { agreement } from '../domain/agreement/decide';
import {
  type CertificationCommand,
  type CertificationRejected,
  certification,
} from '../domain/certification/decide';
import { certificationStreamOf } from '../domain/certification/events';
import { type EntityCommand, type EntityRejected, entity } from '../domain/entity/decide';
import { type LinkCommand, type LinkRejected, link } from '../domain/link/decide';
import { type PartnerCommand, type PartnerRejected, partner } from '../domain/partner/decide';
import {
  type ProgrammeCommand,
  type ProgrammeRejected,
  programme,
} from '../domain/programme/decide';

import {
  type QualificationCommand,
  type QualificationRejected,
  qualification,
} from '../domain/qualification/decide';
import { qualificationStreamOf } from '../domain/qualification/events';

export class DecideAgreement extends Dispatched<AgreementCommand, AgreementRejected> {}
export class DecideCertification extends Dispatched<CertificationCommand, CertificationRejected> {}
export class DecideEntity extends Dispatched<EntityCommand, EntityRejected> {}
export class DecideLink extends Dispatched<LinkCommand, LinkRejected> {}
export class DecidePartner extends Dispatched<PartnerCommand, PartnerRejected> {}
export class DecideProgramme extends Dispatched<ProgrammeCommand, ProgrammeRejected> {}
export class DecideQualification extends Dispatched<QualificationCommand, QualificationRejected> {}

export const commandHandlers = [
  commandHandler(DecideAgreement, agreement, (command, tenant) =>
    streamOf('agreement', tenant, command.agreement),
  ),
  commandHandler(DecideCertification, certification, ({ partner }, tenant) =>
    certificationStreamOf(tenant, partner),
  ),
  commandHandler(DecideEntity, entity, (command, tenant) =>
    streamOf('entity', tenant, command.entity),
  ),
  commandHandler(DecideLink, link, ({ kind, link: id }, tenant) => streamOf(kind, tenant, id)),
  commandHandler(DecidePartner, partner, (command, tenant) =>
    streamOf('partner', tenant, command.partner),
  ),
  commandHandler(DecideProgramme, programme, (command, tenant) =>
    streamOf('programme', tenant, command.programme),
  ),
  commandHandler(DecideQualification, qualification, ({ partner, kind, record }, tenant) =>
    qualificationStreamOf(tenant, partner, kind, record),
  ),
];
