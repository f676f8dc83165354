/** What a bank account stands at by its lines that count, day by day, as the rail has it each time that a statement begins to count. */
export class CountedBalance {
  /** The last day that is known. */
  private until = '';
  /** Signed sum of the lines of a day. */
  private readonly days = new Map<string, bigint>();
  /** By the day before whose first line the balance jumped; a person said so. */
  private readonly jumps = new Map<string, bigint>();

  constructor(private readonly opening: bigint) {}

  /**
   * Counts what is new in a statement, by the day it was booked on. Answers with why the statement does not continue what was known
   * before; undefined where it does.
   */
  count(told: {
    readonly from: string;
    readonly until: string;
    readonly opening: bigint;
    readonly closing: bigint;
    readonly jump: bigint;
    readonly isAccepted: boolean;
    readonly anew: readonly (readonly [day: string, signed: bigint])[];
  }): string | undefined {
    const { from, until, opening, closing, jump, isAccepted, anew } = told;
    const before = this.where((day) => day < from, from) + jump;
    for (const [day, signed] of anew) add(this.days, day, signed);
    const after = this.where((day) => day <= until, until) + jump;
    // Made anew within one day, a statement goes on where the one before it ended; and a person may accept whatever ends right.
    const mayGoOn = isAccepted || from >= this.until;
    if (jump !== 0n) add(this.jumps, from, jump);
    if (until > this.until) this.until = until;
    if (opening === before || (mayGoOn && closing === after)) return undefined;
    return `it opens with ${opening}, and what counts before ${from} makes ${before}`;
  }

  private where(counts: (day: string) => boolean, at: string): bigint {
    let balance = this.opening;
    for (const [day, amount] of this.days) if (counts(day)) balance += amount;
    for (const [day, amount] of this.jumps) if (day <= at) balance += amount;
    return balance;
  }
}

const add = (sums: Map<string, bigint>, day: string, amount: bigint): void => {
  sums.set(day, (sums.get(day) ?? 0n) + amount);
};
