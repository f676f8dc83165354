import { ENTITY, PARTNER } from '@tributary/contracts';
import type { Asset } from '@tributary/kernel';
import {
  OF,
  RULES,
  comesBack,
  instruct,
  noon,
  payee,
  release,
  reserve,
  settle,
} from '../domain/account/account.fixture';
import type { AccountCommand } from '../domain/account/commands';
import type { StatementsSite } from './statements.fixture';

export const step = (value: object) => [{ at: noon('01-01'), value }] as unknown as never;
export const of = (partner: string, command: AccountCommand): AccountCommand => ({
  ...command,
  account: { ...OF, partner },
});
export const SECOND = { partner: 'p2', entity: 'main', asset: 'BRL/2' as Asset };

export const PIX = 'E6070119020260417120000000000001';
export const PIX_BACK = 'D6070119020260420120000000000002';

/** Paid in April, sent back in April, paid again in May. */
export async function paidAndReturned(site: StatementsSite): Promise<string> {
  await site.told('partners', {
    type: ENTITY,
    data: {
      entity: 'main',
      steps: step({ name: 'Acme SA', currency: 'BRL/2', zone: 'America/Sao_Paulo' }),
    },
    at: noon('01-01'),
  });
  await site.told('partners', {
    type: PARTNER,
    data: { partner: 'p1', steps: step({ name: 'Agência Um' }) },
    at: noon('01-01'),
  });
  return await site.decide(
    payee(),
    release('a', 100_000),
    reserve('april', { rules: RULES }),
    instruct('april'),
    { ...settle('april', 98_500), endToEndId: PIX },
    comesBack('april', 98_500, { endToEndId: PIX_BACK }),
    reserve('may', { rules: RULES, at: noon('05-15'), payAt: noon('05-16') }),
    { ...instruct('may'), at: noon('05-16') } as AccountCommand,
    { ...settle('may', 98_500), at: noon('05-17'), bookedOn: '2026-05-17' },
    of('p2', { ...release('b', 5_000), at: noon('04-02') }),
  );
}
