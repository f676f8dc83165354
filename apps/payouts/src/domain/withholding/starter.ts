import { instant } from '@tributary/kernel';
import type { WithholdingRule } from './rules';

/** A rule set to begin with. It governs nothing until two persons have activated it for an entity. */
export interface StarterRules {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly source: string;
  readonly rules: readonly WithholdingRule[];
}

/**
 * What a Brazilian company keeps back of commissions that it pays to another one. Persons have no rule here: what they owe depends on
 * what else they were paid in the month, so that paying one waits for a rule that somebody answers for.
 */
export const BRAZIL_COMPANIES: StarterRules = {
  id: 'brazil-companies',
  title: 'Brazil: commissions to companies',
  description:
    'Configure with your accountant. IRRF of 1.5% on commissions and brokerage; nothing up to R$ 10.00 of tax; companies of the ' +
    'Simples Nacional and MEI are exempt while their declaration holds. Persons are not covered: paying one is a hold.',
  source: 'Starter set; configure with your accountant before it is activated.',
  rules: [
    {
      rule: 'br-irrf-commissions-company',
      tax: 'IRRF',
      country: 'BR',
      payees: 'company',
      exemptRegimes: ['mei', 'simples'],
      rateBp: 150,
      base: 'gross',
      notAbove: '1000',
      trigger: 'payment',
      from: instant('2018-11-23T03:00:00Z'),
      until: null,
      source:
        'RIR/2018 (Decreto 9.580/2018) art. 718; Lei 9.430/1996 art. 67; IN RFB 765/2007 for the exemption',
      documents: [],
      examples: [
        { gross: '100000', regime: null, withheld: '1500' },
        { gross: '50000', regime: null, withheld: '0' },
        { gross: '66667', regime: null, withheld: '0' },
        { gross: '66734', regime: null, withheld: '1001' },
        { gross: '123456', regime: 'lucro_presumido', withheld: '1852' },
        { gross: '100000', regime: 'simples', withheld: '0' },
        { gross: '100000', regime: 'mei', withheld: '0' },
      ],
    },
  ],
};

export const STARTER_RULES: readonly StarterRules[] = [BRAZIL_COMPANIES];
