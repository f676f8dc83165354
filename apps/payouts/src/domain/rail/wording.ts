/** Where the wording of a bank's lines is sealed: to this event and field of the rail's stream, and no other. */
export const WORDING = { type: 'LinesImported', field: 'data.pii.texts' } as const;
