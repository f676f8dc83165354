import { writeRefusal, writeReturn } from './cnab240/write-return';
import type { Answer, BankState, Payment } from './state';

export interface ReturnFile {
  readonly name: string;
  /** Of the file that it answers. */
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/**
 * The next answer that was not given yet, about one file of payments; null when everything was said. What was said is not said
 * again, except by `returnFileAgain`.
 */
export function returnFile(state: BankState): {
  readonly state: BankState;
  readonly file: ReturnFile | null;
} {
  const number = state.returnFiles + 1;
  const refusal = state.refused.find(({ toldIn }) => toldIn === null);
  if (refusal !== undefined) {
    const refused = state.refused.map((one) =>
      one === refusal ? { ...one, toldIn: number } : one,
    );
    return told({ ...state, refused, returnFiles: number }, number);
  }
  const news = state.answers.find(({ toldIn }) => toldIn === null);
  if (news === undefined) return { state, file: null };
  const { sequence } = paymentOf(state, news);
  const seen = new Set<number>();
  const answers = state.answers.map((answer) => {
    const mine = answer.toldIn === null && paymentOf(state, answer).sequence === sequence;
    // One answer per payment and file: what came of it later waits for the next one.
    if (!mine || seen.has(answer.payment)) return answer;
    seen.add(answer.payment);
    return { ...answer, toldIn: number };
  });
  return told({ ...state, answers, returnFiles: number }, number);
}

/** An answer that was given, byte for byte as it was. */
export function returnFileAgain(state: BankState, number: number): ReturnFile | null {
  const name = `RETORNO${String(number).padStart(6, '0')}.RET`;
  const refusal = state.refused.find(({ toldIn }) => toldIn === number);
  if (refusal !== undefined) {
    const bytes = writeRefusal(state.account, refusal.on, refusal);
    return { name, sequence: refusal.sequence, bytes };
  }
  const answers = state.answers.filter(({ toldIn }) => toldIn === number);
  const said = answers.map((answer) => ({ answer, payment: paymentOf(state, answer) }));
  const sequence = said[0]?.payment.sequence;
  const file = state.taken.find((taken) => taken.sequence === sequence);
  if (file === undefined) return null;
  const day = answers.reduce((latest, { on }) => (on > latest ? on : latest), file.on);
  return { name, sequence: file.sequence, bytes: writeReturn(file, day, said) };
}

const told = (
  state: BankState,
  number: number,
): { readonly state: BankState; readonly file: ReturnFile | null } => ({
  state,
  file: returnFileAgain(state, number),
});

const paymentOf = ({ payments }: BankState, { payment }: Answer): Payment =>
  payments[payment] as Payment;
