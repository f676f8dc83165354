import {
  AGREEMENT,
  type AgreementData,
  LINK,
  type LinkData,
  PARTNER,
  type PartnerData,
  PROGRAMME,
  type ProgrammeData,
} from '@tributary/contracts';
import type { JsonObject } from '@tributary/kernel';
import {
  topicOfCoupon,
  topicOfExclusivity,
  topicOfLink,
  topicOfPartner,
  topicOfProgramme,
} from './topics';
import type { Topic } from './customer/events';

/** A timeline that somebody else keeps, as those who follow it are told. */
export interface Term {
  readonly topic: Topic;
  readonly key: string;
  readonly revision: number;
  readonly data: JsonObject;
}

/** What partners has published, under the topics by which decisions ask for it. */
export const TERMS = {
  [PARTNER]: (data: PartnerData, revision: number) => [
    term(topicOfPartner(data.partner), data.partner, revision, data),
  ],
  [PROGRAMME]: (data: ProgrammeData, revision: number) => [
    term(topicOfProgramme(data.programme), data.programme, revision, data),
  ],
  [LINK]: (data: LinkData, revision: number) => [
    term(
      data.kind === 'coupon' ? topicOfCoupon(data.link) : topicOfLink(data.link),
      data.link,
      revision,
      data,
    ),
  ],
  [AGREEMENT]: (data: AgreementData, revision: number) => exclusivityOf(data, revision),
} as const;

/** An agreement is told to every programme that it ever was part of, so that one which lost it hears so; most grant nothing exclusive. */
function exclusivityOf(data: AgreementData, revision: number): Term[] {
  if (data.steps.every(({ value }) => value.exclusivity === null)) return [];
  const programmes = new Set(data.steps.map(({ value }) => value.programme));
  return [...programmes].map((programme) =>
    term(topicOfExclusivity(programme), data.agreement, revision, data),
  );
}

const term = (topic: Topic, key: string, revision: number, data: object): Term => ({
  topic,
  key,
  revision,
  data: data as JsonObject,
});
