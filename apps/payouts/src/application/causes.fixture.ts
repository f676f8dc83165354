import { type Cause, uuidV5 } from '@tributary/kernel';

/** Of a command of a spec, told apart by how many were sent. */
export function specCause(sent: number): Cause {
  const commandId = uuidV5('spec', String(sent));
  return {
    ...{ commandId, fingerprint: commandId, actor: 'spec', correlationId: 'spec' },
    ...{ causationId: null, traceParent: null },
  };
}
