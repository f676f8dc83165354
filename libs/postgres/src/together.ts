/**
 * Questions that come while another one is being answered are asked together: at once when idle, as one statement under load.
 * `work` gets them in the order in which they came, and answers in that order.
 */
export class Together<Q, A> {
  private waiting: Waiting<Q, A>[] = [];
  private busy = false;

  constructor(
    private readonly work: (questions: readonly Q[]) => Promise<readonly A[]>,
    private readonly most = 500,
  ) {}

  ask(question: Q): Promise<A> {
    return new Promise<A>((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      if (!this.busy) void this.answerAll();
    });
  }

  private async answerAll(): Promise<void> {
    this.busy = true;
    // Whoever asks in this very turn comes along.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const asked = this.waiting.splice(0, this.most);
      try {
        const answers = await this.work(asked.map(({ question }) => question));
        for (const [i, { resolve }] of asked.entries()) resolve(answers[i] as A);
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.busy = false;
  }
}

interface Waiting<Q, A> {
  readonly question: Q;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}
