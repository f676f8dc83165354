/** In tests, embedded feeds shuffle across streams from this seed; undefined keeps the owner's order. */
export class ShuffleSeed {
  constructor(readonly value: number | undefined) {}
}
