import { setFlagsFromString } from 'node:v8';

/**
 * Before a program does anything. V8 lays objects down as old where those of the same line of code have survived before, as those of a
 * feed that catches up do. Where the same line then serves requests, whatever such an object refers to survives with it, though nobody
 * needs either any more (docs/decisions/0034).
 */
export const letObjectsDieYoung = (): void => {
  setFlagsFromString('--no-allocation-site-pretenuring');
};
