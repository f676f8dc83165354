import type { Rejected } from '@tributary/kernel';

/** The status, and what the sender should know or change. */
export type Refused = readonly [status: number, detail: string];

/** How each code that a decider may refuse with looks from outside; a code without an entry does not compile. */
export type Refusals<R extends Rejected> = Readonly<Record<R['code'], Refused>>;

export const SAME_PERSON: Refused = [
  403,
  'You have proposed or prepared this yourself; a second person has to decide it.',
];

/** Of whatever one person words and another one approves by the hash of what was read. */
export const OF_A_DRAFT = {
  draft_changed: [
    409,
    'It was worded anew since you read it. Read it again, and name the hash that `draft` shows.',
  ],
  no_draft: [409, 'No draft waits for approval; one has to be worded first.'],
  same_person: SAME_PERSON,
} as const satisfies Readonly<Record<string, Refused>>;
