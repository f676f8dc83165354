import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, Caller, type Principal, Refusal } from '@tributary/platform';
import { Reading, told } from '../application/reading';
import { MOVEMENTS, NOT_OWED, OWED, type RolledForward, rollForward } from '../domain/roll-forward';
import { type AccountBalance, Balances, GROUPS } from '../read-model/balances.queries';
import { BalancesQuery, RollForwardQuery, TrialBalanceQuery } from './queries';

@ApiTags('ledger')
@Controller('v1/ledger')
@Allow('finance', 'auditor', 'admin')
export class BalancesController {
  constructor(
    private readonly reading: Reading,
    private readonly balances: Balances,
  ) {}

  @Get('trial-balance')
  @ApiOperation({ summary: 'Every account, and that debit equals credit per entity and asset' })
  async trialBalance(@Caller() { tenant }: Principal, @Query() query: TrialBalanceQuery) {
    const standpoint = await this.reading.standpoint(tenant, query);
    const { entity, period } = query;
    const accounts = await this.balances.byAccount(standpoint, { entity, period });
    return { ...told(standpoint), period: period ?? null, accounts, totals: totalsOf(accounts) };
  }

  @Get('balances')
  @ApiOperation({ summary: 'Balances by account and dimension, page by page' })
  async page(@Caller() { tenant }: Principal, @Query() query: BalancesQuery) {
    const standpoint = await this.reading.standpoint(tenant, query);
    const groups = GROUPS.filter((group) => query.by.split(',').includes(group));
    const { items, next } = await this.balances.page(standpoint, query, groups, query);
    return { ...told(standpoint), period: query.period ?? null, by: groups, items, next };
  }

  @Get('roll-forward')
  @ApiOperation({
    summary: 'What is owed to partners, month by month: opening, movements, closing',
    description:
      'Of each entity and asset the months in which anything moved, and the first and the last one asked for also where nothing did. ' +
      '`closing` is the total of `accounts` and those below them in the trial balance, without `except`; positive where we owe.',
  })
  async rollForward(@Caller() { tenant }: Principal, @Query() query: RollForwardQuery) {
    const { from, to, entity, asset } = query;
    if (from > to) throw new Refusal(422, 'invalid_range', 'The first month comes after the last.');
    const standpoint = await this.reading.standpoint(tenant, query);
    const turnovers = await this.balances.turnovers(standpoint, to, { entity, asset });
    const months: RolledForward[] = rollForward(turnovers, from, to);
    const named = { accounts: OWED, except: [NOT_OWED], movements: MOVEMENTS };
    return { ...told(standpoint), from, to, ...named, months };
  }
}

interface Total {
  readonly entity: string;
  readonly asset: string;
  readonly debit: bigint;
  readonly credit: bigint;
  /** Zero, or the books are wrong. */
  readonly difference: bigint;
}

function totalsOf(accounts: readonly AccountBalance[]): Total[] {
  const totals = new Map<string, Total>();
  for (const { entity, asset, debit, credit, balance } of accounts) {
    const key = `${entity}\0${asset}`;
    const so = totals.get(key) ?? { entity, asset, debit: 0n, credit: 0n, difference: 0n };
    const sums = {
      debit: so.debit + debit,
      credit: so.credit + credit,
      difference: so.difference + balance,
    };
    totals.set(key, { entity, asset, ...sums });
  }
  return [...totals.values()];
}
