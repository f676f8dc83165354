import { type Instant, instantOfMs, msOf, prepare, uuidV5 } from '@tributary/kernel';
import type { Window } from '../earnings/earnings.fixture';
import { SIGNED } from '../earnings/earnings.fixture';
import { type EarningsRecord, type Story, concernOf, emptyStory, withEvent } from './story';
import { type LineTree, treeOf } from './tree';

const NOBODY = { actor: 'spec', fingerprint: 'spec', correlationId: 'spec' };

/** As the log would give them back, a second of our clock apart. */
export const recordsOf = ({ events }: Pick<Window, 'events'>): readonly EarningsRecord[] =>
  events.map((event, i) => {
    const id = uuidV5('record', String(i));
    const cause = { ...NOBODY, commandId: id, causationId: null, traceParent: null };
    const { contentHash } = prepare(event, cause, 0, id);
    const recordedAt = instantOfMs(msOf(SIGNED) + (i + 1) * 1000);
    return { ...event, id, contentHash, position: BigInt(i + 1), recordedAt };
  });

/** The first line that something was posted for, else the last that earns nothing, unless another one is named. */
export function storyOf(
  window: Pick<Window, 'events'>,
  { lineId, through }: { readonly lineId?: string; readonly through?: bigint } = {},
): Story {
  const records = recordsOf(window);
  const found =
    records.find(({ type, data }) => type === 'CommissionPosted' && isAbout(data, lineId)) ??
    records.findLast(
      ({ type, data }) =>
        type === 'EarningExplained' &&
        isAbout(data, lineId) &&
        (lineId !== undefined || data.reason !== null),
    );
  if (found === undefined || !('lineId' in found.data)) throw new Error('No such line.');
  const line = { lineId: found.data.lineId, group: concernOf(found) };
  return records
    .filter(({ position }) => through === undefined || position <= through)
    .reduce(withEvent, emptyStory(line));
}

const isAbout = (data: object, lineId: string | undefined): boolean =>
  'lineId' in data && (lineId === undefined || data.lineId === lineId);

export function explained(
  window: Pick<Window, 'events'>,
  { on = null, ...asked }: { lineId?: string; through?: bigint; on?: Instant | null } = {},
): LineTree {
  const tree = treeOf(storyOf(window, asked), on);
  if (tree === undefined) throw new Error('Nothing is known of this line.');
  return tree;
}
