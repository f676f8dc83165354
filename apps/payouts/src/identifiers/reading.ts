/** What is wrong with something that a person typed. It says where and which digits, and never repeats the value: it may be shown and logged. */
export interface Fault {
  /** JSON pointer within what was read; empty: the value itself. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** The normal form in which a value is stored, compared and written, or everything that is wrong with it. */
export type Reading<T> = { readonly value: T } | { readonly faults: readonly Fault[] };

export const read = <T>(value: T): Reading<T> => ({ value });

export const unreadable = (code: string, detail: string, pointer = ''): Reading<never> => ({
  faults: [{ pointer, code, detail }],
});

/** As a part of something larger. */
export const faultsAt = (pointer: string, reading: Reading<unknown>): readonly Fault[] =>
  'faults' in reading
    ? reading.faults.map((fault) => ({ ...fault, pointer: `${pointer}${fault.pointer}` }))
    : [];
