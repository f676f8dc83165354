import type { BankAnswer } from '../../domain/rail/file-events';
import type { PixKeyKind } from '../rail';
import type { RecordSpec } from './record';

/** How a bank wants one kind of payment: the lot it stands in, and the columns that differ. */
export interface Form {
  /** `forma de lançamento`, of the lot. */
  readonly code: string;
  /** `câmara centralizadora`, of segment A. */
  readonly chamber: string;
}

export type FormName = 'pix' | 'ownChecking' | 'ownSavings' | 'tedOther' | 'tedSame';

/** What one bank has made of CNAB 240, as data. The engine knows records, lots and files, and nothing of any bank. */
export interface BankProfile {
  /** Of the rail. */
  readonly name: string;
  /** COMPE code. */
  readonly bank: string;
  readonly records: {
    readonly fileHeader: RecordSpec;
    readonly lotHeader: RecordSpec;
    readonly segmentA: RecordSpec;
    readonly segmentBTransfer: RecordSpec;
    readonly segmentBPix: RecordSpec;
    readonly lotTrailer: RecordSpec;
    readonly fileTrailer: RecordSpec;
    /** The twenty columns of branch and account in segment A. */
    readonly ownAccount: RecordSpec;
    readonly otherAccount: RecordSpec;
    readonly noAccount: RecordSpec;
  };
  readonly forms: Readonly<Record<FormName, Form>>;
  readonly pixKeyTypes: Readonly<Record<PixKeyKind, string>>;
  /** Where PIX may not stand beside other payments. */
  readonly pixInOwnFile: boolean;
  /** The number of a detail within its lot has so many places. */
  readonly mostDetailsInLot: number;
  readonly occurrences: Readonly<Record<string, BankAnswer>>;
  /** Codes that say, wherever they stand, that the bank took nothing of the file. */
  readonly fileRefusals: readonly string[];
  /** Codes of a lot that say so of all its items. */
  readonly lotRefusals: readonly string[];
}
