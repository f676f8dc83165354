import { setTimeout } from 'node:timers/promises';
import type { UpstreamEvent } from '@tributary/contracts';
import { CLICK, FACTS, PAID_LINES, PAYMENT, TRAININGS } from './facts';
import { asked, entered, told } from './front-door';
import { publishPlan } from './publish-plan';
import { PLAN, REGISTRY } from './registry';

/** The demo lives in a tenant of its own, so that nothing of it ever mixes with what is yours. */
export const DEMO_TENANT = 'demo';
export const DEMO_PARTNER = 'northwind';
export const DEMO_ROLES = ['programme', 'admin', 'upstream', 'auditor'] as const;

export type DemoKeys = Readonly<Record<(typeof DEMO_ROLES)[number], string>>;

/** What a newcomer can ask about at once. */
export interface DemoCase {
  readonly customer: string;
  readonly sale: string;
  /** The path that tells what its partner has earned. */
  readonly earned: string;
}

interface Became {
  readonly customers: readonly string[];
  readonly sales: readonly { readonly sale: string }[];
}

/**
 * Tells the story through the front door, as people and upstream systems would, and waits until the last service has heard it.
 * Every id, key and time in it is fixed, so telling it again changes nothing.
 */
export async function playDemo(address: string, keys: DemoKeys): Promise<DemoCase> {
  for (const entry of REGISTRY) await entered(address, keys, entry);
  await publishPlan(address, keys, { key: 'demo-plan', plan: PLAN });
  const items = await told(address, keys.upstream, FACTS);
  const heard = items.flatMap(({ correlationId }, i) =>
    TRAININGS.includes(FACTS[i] as UpstreamEvent) ? [correlationId] : [],
  );
  const ask = async <T>(path: string): Promise<T> => await asked<T>(address + path, keys.auditor);
  const [click, payment] = await Promise.all([
    ask<Became>(creditOf(CLICK)),
    ask<Became>(creditOf(PAYMENT)),
    ...FACTS.filter(earns).map((fact) => ask(creditOf(fact))),
    ...heard.map((seen) => ask(`/v1/partners/${DEMO_PARTNER}/measures?seen=${seen}`)),
  ] as const);
  const sale = payment.sales[0]?.sale ?? '';
  return { customer: click.customers[0] ?? '', sale, earned: await whereEarned(sale, ask) };
}

/** How the first line of the sale came about or, where commission takes long, what there is by then. */
async function whereEarned(sale: string, ask: <T>(path: string) => Promise<T>): Promise<string> {
  const path = `/v1/lines?partner=${DEMO_PARTNER}`;
  for (let attempt = 0; attempt < 100; attempt++) {
    const { items } = await ask<Earned>(path);
    // What no rule pays as yet has an id that goes again.
    const paid = items.filter(({ key }) => key.sale === sale && key.rule !== null);
    if (paid[0] && paid.length >= PAID_LINES.length) return `/v1/lines/${paid[0].line}/explain`;
    await setTimeout(100);
  }
  return path;
}

const EARNING = /^tributary\.(?:touch|payment|usage)\./;
const earns = ({ type }: UpstreamEvent): boolean => EARNING.test(type);

const creditOf = ({ source, id }: UpstreamEvent): string =>
  `/v1/events/${encodeURIComponent(source)}/${id}?wait=credited`;

interface Earned {
  readonly items: readonly {
    readonly line: string;
    readonly key: { readonly sale?: string; readonly rule: string | null };
  }[];
}
