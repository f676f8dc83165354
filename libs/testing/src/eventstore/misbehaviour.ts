export type AppendMisdeed =
  | { readonly kind: 'commit_without_answer' }
  | { readonly kind: 'timeout_after_commit' }
  | { readonly kind: 'not_ready' }
  | { readonly kind: 'not_leader'; readonly host: string; readonly port: number }
  | { readonly kind: 'too_large'; readonly limitBytes: number };

interface OpenCall {
  drop(): void;
  end(): void;
}

/** What a test can make the server do wrong. Misdeeds about appends wait in line, one for each append that comes. */
export class Misbehaviour {
  private readonly misdeeds: AppendMisdeed[] = [];
  private laggingReads = 0;
  private readonly openAppends = new Set<Pick<OpenCall, 'drop'>>();
  private readonly openSubscriptions = new Set<OpenCall>();

  /** The next appends are committed and never answered. */
  commitWithoutAnswer(times = 1): void {
    this.plan({ kind: 'commit_without_answer' }, times);
  }

  /** The next appends are committed and answered with a timeout. */
  answerTimeoutAfterCommit(times = 1): void {
    this.plan({ kind: 'timeout_after_commit' }, times);
  }

  /** The next appends are refused for now, nothing of them is committed. */
  answerNotReady(times = 1): void {
    this.plan({ kind: 'not_ready' }, times);
  }

  /** The next appends are sent to a leader. */
  answerNotLeader(leader: { readonly host: string; readonly port: number }, times = 1): void {
    this.plan({ kind: 'not_leader', ...leader }, times);
  }

  /** The next appends are too large, whatever their size. */
  refuseSize(limitBytes = 1024, times = 1): void {
    this.plan({ kind: 'too_large', limitBytes }, times);
  }

  /** The next reads of a stream do not show its last event yet, as on a node that waits for the others. */
  lagBehind(reads = 1): void {
    this.laggingReads += reads;
  }

  /** Fails every append that is under way, and with it the stream that the client batches its appends on. */
  breakAppendStreams(): void {
    for (const call of [...this.openAppends]) call.drop();
  }

  /** Ends every subscription with an error. */
  dropSubscriptions(): void {
    for (const call of [...this.openSubscriptions]) call.drop();
  }

  /** Ends every subscription as if there were nothing more to come. */
  endSubscriptions(): void {
    for (const call of [...this.openSubscriptions]) call.end();
  }

  get subscriptions(): number {
    return this.openSubscriptions.size;
  }

  get appendsUnderWay(): number {
    return this.openAppends.size;
  }

  nextAppend(): AppendMisdeed | undefined {
    return this.misdeeds.shift();
  }

  nextReadLags(): boolean {
    if (this.laggingReads === 0) return false;
    this.laggingReads--;
    return true;
  }

  appending(call: Pick<OpenCall, 'drop'>): () => void {
    this.openAppends.add(call);
    return () => this.openAppends.delete(call);
  }

  subscribed(call: OpenCall): () => void {
    this.openSubscriptions.add(call);
    return () => this.openSubscriptions.delete(call);
  }

  private plan(misdeed: AppendMisdeed, times: number): void {
    for (let i = 0; i < times; i++) this.misdeeds.push(misdeed);
  }
}
