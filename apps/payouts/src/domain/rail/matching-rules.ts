import type { MatchingRules } from './match-events';

/** Until somebody sets others. The codes are those of ISO 20022 and of OFX. */
export const STANDARD_RULES: MatchingRules = {
  chargeCodes: [
    'FEE',
    'SRVCHG',
    'PMNT/ICDT/CHRG',
    'PMNT/MDOP/CHRG',
    'PMNT/NTAV/CHRG',
    'ACMT/MDOP/CHRG',
    'ACMT/MDOP/FEES',
    'ACMT/NTAV/CHRG',
    'PMNT/MDOP/FEES',
    'PMNT/ICDT/FEES',
  ],
  chargeLimit: '10000',
  handLimit: '1000000',
  settleDays: { pix: 1, ted: 1 },
  answerDays: 1,
  accountNames: [],
};
