import { keyedTable, projection } from '@tributary/feeds';
import type { Instant, Json } from '@tributary/kernel';

const ON_RAIL = { $tenant: 'text', rail: 'text' } as const;
const ON_FILE = { ...ON_RAIL, sequence: 'int', $occurredAt: 'instant' } as const;

interface Listed {
  readonly item: string;
  readonly partner: string;
  readonly amount: string;
}
interface Answered {
  readonly item: string;
  readonly answer: string;
  readonly codes: readonly string[];
  readonly bankReference: string | null;
}

/** Accounts that we pay from, the files that were sent from each, and what the bank has answered. Nothing in it is personal. */
export const paymentFiles = projection({
  name: 'payment_files',
  version: 3,
  events: {
    PayingAccountRegistered: {
      ...ON_RAIL,
      settings: 'json',
      opening: 'text',
      on: 'text',
      by: 'text',
      $occurredAt: 'instant',
    },
    FileNumbered: {
      ...ON_FILE,
      file: 'text',
      run: 'text',
      kind: 'text',
      madeAt: 'instant',
      payOn: 'text',
      count: 'int',
      total: 'bigint',
      replaces: 'int?',
      $revision: 'bigint',
    },
    FileItemsListed: { ...ON_FILE, items: 'json' },
    FileExported: { ...ON_FILE, sha256: 'text', bytes: 'int', count: 'int', total: 'bigint' },
    FileVoidProposed: { ...ON_FILE, evidence: 'json', then: 'text', payOn: 'text', by: 'text' },
    FileVoided: {
      ...ON_FILE,
      evidence: 'json',
      then: 'text',
      payOn: 'text',
      proposedBy: 'text',
      by: 'text',
    },
    ItemUnpaidProposed: { ...ON_FILE, item: 'text', evidence: 'json', by: 'text' },
    ItemDeclaredUnpaid: {
      ...ON_FILE,
      item: 'text',
      evidence: 'json',
      proposedBy: 'text',
      by: 'text',
    },
    ReturnFileRead: {
      ...ON_RAIL,
      sha256: 'text',
      sequence: 'int?',
      fileRefused: 'json',
      count: 'int',
      warnings: 'json',
      by: 'text',
      $occurredAt: 'instant',
    },
    ItemsAnswered: {
      ...ON_RAIL,
      return: 'text',
      answers: 'json',
      foreign: 'json',
      $occurredAt: 'instant',
    },
  },
  tables: {
    paying_account: keyedTable({
      key: { tenant: 'text', rail: 'text' },
      keeps: {
        settings: 'json',
        opening: 'text',
        opened_on: 'text',
        registered_by: 'text',
        registered_at: 'instant',
      },
    }),
    payment_file: keyedTable({
      key: { tenant: 'text', rail: 'text', sequence: 'int' },
      keeps: {
        file: 'text',
        run: 'text',
        kind: 'text',
        made_at: 'instant',
        pay_on: 'text',
        replaces: 'int?',
        numbered_at_revision: 'bigint',
      },
      sets: {
        state: 'text',
        // As it was numbered, and once it is written as the bank gets it, without what was left out.
        item_count: 'int',
        total: 'bigint',
        sha256: 'text?',
        bytes: 'int?',
        exported_at: 'instant?',
        // Proposed or done, whole in one value so that it comes as one.
        void: 'json?',
      },
      indexes: ['(tenant, run)'],
    }),
    payment_file_item: keyedTable({
      key: { tenant: 'text', rail: 'text', item: 'text' },
      sets: {
        sequence: 'int',
        partner: 'text',
        amount: 'bigint',
        answer: 'text?',
        codes: 'json?',
        bank_reference: 'text?',
        answered_at: 'instant?',
        // Each whole in one value. What the bank answers ends a proposal, and no declaration.
        unpaid_proposal: 'json?',
        unpaid: 'json?',
      },
      indexes: ['(tenant, rail, sequence, item)'],
    }),
    return_file: keyedTable({
      key: { tenant: 'text', rail: 'text', sha256: 'text' },
      adds: ['answered', 'strangers'],
      keeps: {
        sequence: 'int?',
        file_refused: 'json',
        item_count: 'int',
        warnings: 'json',
        read_by: 'text',
        read_at: 'instant',
      },
    }),
  },
  rows(event) {
    const { $tenant: tenant, rail, $occurredAt: at } = event;
    const of = { tenant, rail };
    switch (event.$type) {
      case 'PayingAccountRegistered': {
        const { settings, opening, on, by } = event;
        const kept = { settings, opening, opened_on: on, registered_by: by, registered_at: at };
        return { paying_account: [{ ...of, ...kept }] };
      }
      case 'FileNumbered': {
        const { sequence, file, run, kind, madeAt, payOn, count, total, replaces } = event;
        const row = { file, run, kind, made_at: madeAt, pay_on: payOn, item_count: count, total };
        const numbered = { replaces, numbered_at_revision: event.$revision, state: 'numbered' };
        return { payment_file: [{ ...of, sequence, ...row, ...numbered }] };
      }
      case 'FileItemsListed':
        return { payment_file_item: listedRows(of, event.sequence, event.items) };
      case 'FileExported': {
        const { sequence, sha256, bytes, count: item_count, total } = event;
        const row = { sequence, state: 'exported', sha256, bytes, exported_at: at };
        return { payment_file: [{ ...of, ...row, item_count, total }] };
      }
      case 'FileVoidProposed': {
        const { sequence, evidence, then, payOn, by } = event;
        const proposal = { evidence, then, payOn, proposedBy: by, proposedAt: at };
        return { payment_file: [{ ...of, sequence, void: proposal }] };
      }
      case 'FileVoided': {
        const { sequence, evidence, then, payOn, proposedBy, by } = event;
        const done = { evidence, then, payOn, proposedBy, approvedBy: by, voidedAt: at };
        return { payment_file: [{ ...of, sequence, state: 'voided', void: done }] };
      }
      case 'ReturnFileRead': {
        const { sha256, sequence, fileRefused, count, warnings, by } = event;
        const row = { sequence, file_refused: fileRefused, item_count: count, warnings };
        return { return_file: [{ ...of, sha256, ...row, read_by: by, read_at: at }] };
      }
      case 'ItemUnpaidProposed': {
        const { item, evidence, by } = event;
        const proposal = { evidence, proposedBy: by, proposedAt: at };
        return { payment_file_item: [{ ...of, item, unpaid_proposal: proposal }] };
      }
      case 'ItemDeclaredUnpaid': {
        const { item, evidence, proposedBy, by } = event;
        const unpaid = { evidence, proposedBy, approvedBy: by, declaredAt: at };
        const row = { answer: 'rejected', unpaid_proposal: null, unpaid };
        return { payment_file_item: [{ ...of, item, ...row }] };
      }
      case 'ItemsAnswered':
        return {
          payment_file_item: answeredRows(of, event.answers, at),
          return_file: [{ ...of, sha256: event.return, ...countsOf(event) }],
        };
    }
  },
});

interface OfRail {
  readonly tenant: string;
  readonly rail: string;
}

/** Listed again, an item starts anew: what was answered was about the file before. */
function listedRows({ tenant, rail }: OfRail, sequence: number, items: Json) {
  return (items as unknown as readonly Listed[]).map(({ item, partner, amount }) => ({
    tenant,
    rail,
    item,
    sequence,
    partner,
    amount: BigInt(amount),
    answer: null,
    codes: null,
    bank_reference: null,
    answered_at: null,
    unpaid_proposal: null,
    unpaid: null,
  }));
}

function answeredRows(of: OfRail, answers: Json, at: Instant) {
  const told = answers as unknown as readonly Answered[];
  return told.map(({ item, answer, codes, bankReference }) => ({
    ...of,
    item,
    answer,
    codes,
    ...(bankReference !== null && { bank_reference: bankReference }),
    answered_at: at,
    unpaid_proposal: null,
  }));
}

const countsOf = ({ answers, foreign }: { readonly answers: Json; readonly foreign: Json }) => ({
  answered: BigInt((answers as readonly Json[]).length),
  strangers: BigInt((foreign as readonly Json[]).length),
});
