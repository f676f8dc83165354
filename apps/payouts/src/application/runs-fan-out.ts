/**
 * Of accounts that are asked together; their appends share a commit. A few hundred, because everything that follows accounts writes
 * once for each commit; not more, because they are decided in one go.
 */
export const ACCOUNTS_AT_ONCE = 600;

/** All of them, so that none is still at work when the caller is told of a failure. */
export async function allOf<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(work);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

export function slicesOf<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  const slices: (readonly T[])[] = [];
  for (let at = 0; at < all.length; at += size) slices.push(all.slice(at, at + size));
  return slices;
}

/** In pieces that fit into an event; one that is larger by itself stays alone. */
export function piecesOf<T>(
  all: readonly T[],
  mostBytes: number,
  bytesOf: (one: T) => number,
): readonly (readonly T[])[] {
  const pieces: T[][] = [];
  let bytes = Infinity;
  for (const one of all) {
    const size = bytesOf(one);
    if (bytes + size > mostBytes) {
      pieces.push([]);
      bytes = 0;
    }
    pieces.at(-1)?.push(one);
    bytes += size;
  }
  return pieces;
}
