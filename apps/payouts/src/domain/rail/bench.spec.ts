import { readBankFile } from '../../bank-files/reader';
import { type BankStatement, statementKeyOf, totalsOf } from './bank-line';
import { RailBook, listed } from './rail.fixture';
import { RAIL } from './file.fixture';
import { AT } from './rail.fixture';
import { prepare } from '@tributary/kernel';
it('bench', () => {
  const N = Number(process.env.N ?? 100_000);
  const id = (i: number) => 'X' + String(i).padStart(14, '0');
  const entries: string[] = [];
  for (let i = 0; i < N; i += 1)
    entries.push(
      `<Ntry><Amt Ccy="BRL">100.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-04-15</Dt></BookgDt><ValDt><Dt>2026-04-15</Dt></ValDt><AcctSvcrRef>${String(i).padStart(15, '0')}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn><Prtry><Cd>SISPAG</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><AcctSvcrRef>${String(i).padStart(15, '0')}</AcctSvcrRef><InstrId>${id(i)}</InstrId><EndToEndId>E607011902026041512000000${i}</EndToEndId></Refs><Amt Ccy="BRL">100.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RltdPties><Cdtr><Pty><Nm>NOME ${i}</Nm></Pty></Cdtr><CdtrAcct><Id><Othr><Id>237-4321-${i}-6</Id></Othr></Id></CdtrAcct></RltdPties></TxDtls></NtryDtls><AddtlNtryInf>SISPAG PIX</AddtlNtryInf></Ntry>`,
    );
  const total = (N * 100).toFixed(2);
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id><ElctrncSeqNb>1</ElctrncSeqNb><Acct><Id><Othr><Id>1234567890</Id></Othr></Id><Ccy>BRL</Ccy></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="BRL">${total}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-04-15</Dt></Dt></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="BRL">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-04-15</Dt></Dt></Bal>${entries.join('')}</Stmt></BkToCstmrStmt></Document>\n`;
  const bytes = new TextEncoder().encode(xml);
  const log: string[] = [`bytes ${bytes.length / 1e6} MB`];
  let t = performance.now();
  const lap = (what: string) => {
    const n = performance.now();
    log.push(`${what}: ${(n - t).toFixed(0)} ms`);
    t = n;
  };
  const { statements } = readBankFile(bytes, {
    zone: 'America/Sao_Paulo',
    counterpartyOf: (x) => x,
  });
  lap('parse');
  const [read] = statements as [BankStatement];
  const book = RailBook.registered(String(N * 10000));
  book.sends(Array.from({ length: N }, (_, i) => listed(id(i), '10000')));
  lap('send');
  const { lines, warnings, unreadable, ...head } = read;
  const totals = totalsOf(lines);
  const on = { rail: RAIL, statement: statementKeyOf(head, totals), at: AT };
  const from = book.events.length;
  book.tell({
    type: 'ReceiveStatement',
    ...on,
    head,
    totals,
    booked: { first: '2026-04-15', last: '2026-04-15' },
    unreadable,
    warnings,
    file: 'f'.repeat(64),
    by: 'anna',
  });
  for (let i = 0, chunk = 0; i < lines.length; i += 80 * 8) {
    const chunks = [];
    for (let j = i; j < Math.min(i + 640, lines.length); j += 80)
      chunks.push({ chunk: chunk++, lines: lines.slice(j, j + 80).map(({ text: _t, ...l }) => l) });
    book.tell({ type: 'ImportLines', ...on, chunks });
  }
  lap('import');
  book.tell({ type: 'FinishStatement', ...on });
  lap('match');
  log.push(
    JSON.stringify(Object.keys(book.matches).length),
    JSON.stringify(book.rejected),
    String(book.events.length - from),
  );
  t = performance.now();
  let most = 0;
  for (const e of book.events) {
    const p = prepare(
      e,
      {
        commandId: '00000000-0000-5000-8000-000000000000',
        fingerprint: 'x',
        actor: 'a',
        causationId: null,
        correlationId: 'c',
        traceParent: null,
      },
      0,
      '00000000-0000-5000-8000-000000000000',
    );
    most = Math.max(most, p.bytes);
  }
  lap('prepare');
  log.push(`most ${most}`);
  console.log(log.join('\n'));
}, 600_000);
