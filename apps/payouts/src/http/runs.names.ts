import type { Uuid } from '@tributary/kernel';
import { Refusal } from '@tributary/platform';

/** As a route answers it. */
export const RUN = /^[0-9a-f]{32}$/;

const NAME = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** A run as it is named in routes, without the dashes. */
export function runNamed(name: string): Uuid {
  const parts = NAME.exec(name);
  if (parts === null) throw runUnknown();
  return parts.slice(1).join('-');
}

export const runUnknown = (): Refusal =>
  new Refusal(404, 'run_unknown', 'Nobody has drafted a run of this name.');
