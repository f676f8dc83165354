import { type Decision, accept, reject } from '@tributary/kernel';
import type { AdjudicateCredit, CustomerRejected } from './commands';
import type { CreditAdjudicated } from './events';

const WHOLE_BP = 10_000;

/** A person decides, and says why. Shares are basis points of the whole; no parts at all means that nobody brought the customer. */
export function adjudicate({
  adjudication,
  deal,
  from,
  parts,
  reason,
  evidence,
  note,
  by,
  at,
}: AdjudicateCredit): Decision<CreditAdjudicated, CustomerRejected> {
  if (reason.trim() === '') return reject({ code: 'reason_missing' });
  if (evidence.length === 0 && (note === null || note.trim() === ''))
    return reject({ code: 'evidence_missing' });

  const seen = new Set<string>();
  for (const { partner, role } of parts) {
    const key = `${partner} ${role}`;
    if (seen.has(key)) return reject({ code: 'part_twice', partner, role });
    seen.add(key);
  }
  const sum = parts.reduce((total, { weight }) => total + weight, 0);
  const isWhole =
    sum === WHOLE_BP && parts.every(({ weight }) => Number.isInteger(weight) && weight > 0);
  if (parts.length > 0 && !isWhole) return reject({ code: 'split_not_whole', sum });

  const data = { adjudication, deal, from, parts, reason, evidence, note, by };
  return accept({ type: 'CreditAdjudicated', data, occurredAt: at });
}
