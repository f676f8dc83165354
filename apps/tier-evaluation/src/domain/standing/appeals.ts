import type { Track } from '@tributary/contracts';
import { type Decision, accept, laterOf, reject } from '@tributary/kernel';
import type { CommandOf, StandingRejected } from './commands';
import type { StandingEvent } from './events';
import type { Standing } from './state';

type Decides = Decision<StandingEvent, StandingRejected>;

/** While an appeal waits, the tier stays. */
export function appeal(
  { partner, tier, by, reason, receivedAt }: CommandOf<'AppealDemotion'>,
  track: Track,
  { notices }: Standing,
): Decides {
  const notice = notices.find((each) => each.tier === tier);
  if (notice === undefined) return reject(notNoticed(notices));
  if (notice.appealedBy !== null) return reject({ code: 'already_appealed' });
  const data = { partner, track, tier, by, reason };
  return accept({ type: 'DemotionAppealed', data, occurredAt: receivedAt });
}

/** By somebody else than whoever appealed. Turned down, the time that was left goes on; it never ends in the past. */
export function decideAppeal(
  { partner, tier, keepUntil, by, reason, receivedAt }: CommandOf<'DecideAppeal'>,
  track: Track,
  { notices }: Standing,
): Decides {
  const notice = notices.find((each) => each.tier === tier);
  if (notice === undefined) return reject(notNoticed(notices));
  const { appealedBy } = notice;
  if (appealedBy === null) return reject({ code: 'not_appealed' });
  if (appealedBy === by) return reject({ code: 'same_person' });
  const earliest = laterOf(notice.endsAt, receivedAt);
  if (keepUntil !== null && keepUntil < earliest)
    return reject({ code: 'keeps_too_short', earliest });
  const upheld = keepUntil !== null;
  const endsAt = keepUntil ?? earliest;
  const data = { partner, track, tier, upheld, endsAt, appealedBy, by, reason };
  return accept({ type: 'AppealDecided', data, occurredAt: receivedAt });
}

const notNoticed = (notices: Standing['notices']): StandingRejected => ({
  code: 'not_noticed',
  noticed: notices.map(({ tier }) => tier),
});
