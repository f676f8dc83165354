import { MEASURES, QUALIFICATIONS, TRACKS, type Track } from '@tributary/contracts';
import {
  type Asset,
  type Instant,
  type Json,
  type JsonObject,
  hasCode,
  isInstant,
  parseAsset,
  resolvePeriod,
} from '@tributary/kernel';
import type { Benefit, Rate, TierRule, TierRules } from './content';
import { CriteriaReader } from './read-criteria';
import type { Flaw } from './flaws';
import { STARTER_RULES } from './starter';

export type { Flaw } from './flaws';

const FIELDS = ['asset', 'rates', 'zone', 'tiers', 'graceQuarters', 'review'] as const;
/** Of a scorecard's lines, and of the tasks that one promotion may bring. */
const MOST_CRITERIA = 12;
const MOST_BENEFITS = 20;
const MOST_RATES = 30;

/** Reads what a person wrote, and finds everything wrong with it at once. What is left out is as in the built-in rules. */
export function readRules(
  track: Track,
  given: JsonObject,
): { readonly content: TierRules } | { readonly flaws: readonly Flaw[] } {
  const reader = new RulesReader(track);
  const content = reader.read(given);
  return reader.flaws.length > 0 ? { flaws: reader.flaws } : { content };
}

class RulesReader extends CriteriaReader {
  read(given: JsonObject): TierRules {
    const starter = STARTER_RULES[this.track].content;
    this.onlyFields(given, FIELDS, '');
    const { asset, rates, zone, tiers, graceQuarters, review } = given;
    const own = asset === undefined ? starter.asset : this.asset(asset, '/asset');
    return {
      track: this.track,
      asset: own,
      ...(rates !== undefined && { rates: this.rates(rates, own) }),
      zone: zone === undefined ? starter.zone : this.zone(zone, starter),
      tiers: tiers === undefined ? starter.tiers : this.tiers(tiers),
      graceQuarters: this.integer(graceQuarters ?? starter.graceQuarters, '/graceQuarters', 0, 8),
      review: review === undefined ? starter.review : this.review(review),
    };
  }

  private asset(given: Json | undefined, pointer: string): Asset {
    try {
      return parseAsset(given);
    } catch (error) {
      if (!hasCode(error, 'invalid_asset')) throw error;
      this.flaw(pointer, 'unknown_asset', 'An asset like BRL/2.');
      return STARTER_RULES[this.track].content.asset;
    }
  }

  private rates(given: Json, own: Asset): readonly Rate[] {
    const known = new Set<Json | undefined>([own]);
    return this.list(given, '/rates', MOST_RATES).map((each, i): Rate => {
      const pointer = `/rates/${i}`;
      const read = this.object(each, pointer);
      this.onlyFields(read, ['asset', 'rate'], pointer);
      const rate = this.decimal(read['rate'], `${pointer}/rate`);
      if (/^[0.]+$/.test(rate)) this.flaw(`${pointer}/rate`, 'out_of_range', 'More than 0.');
      const asset = this.asset(read['asset'], `${pointer}/asset`);
      if (known.has(read['asset']))
        this.flaw(`${pointer}/asset`, 'asset_twice', `What ${asset} is worth is known already.`);
      known.add(read['asset']);
      return { asset, rate };
    });
  }

  private zone(given: Json, { zone }: TierRules): string {
    try {
      if (typeof given === 'string' && resolvePeriod(given, '2026-01').zone === given) return given;
    } catch (error) {
      if (!hasCode(error, 'unknown_zone')) throw error;
    }
    this.flaw('/zone', 'unknown_zone', 'A zone of the IANA database.');
    return zone;
  }

  private tiers(given: Json): readonly TierRule[] {
    const known: readonly string[] = TRACKS[this.track];
    const read = this.list(given, '/tiers', known.length).map((each, i) => this.tier(each, i));
    const order = read.map(({ tier }) => known.indexOf(tier));
    if (order.some((rank, i) => i > 0 && rank <= (order[i - 1] ?? -1)))
      this.flaw(
        '/tiers',
        'tiers_out_of_order',
        `Each once, the lowest first: ${known.join(', ')}.`,
      );
    if (read.length === 0) this.flaw('/tiers', 'no_tiers', 'At least one tier.');
    return read;
  }

  private tier(given: Json, i: number): TierRule {
    const pointer = `/tiers/${i}`;
    const rule = this.object(given, pointer);
    this.onlyFields(rule, ['tier', 'criteria', 'benefits'], pointer);
    const { tier, criteria, benefits } = rule;
    const read = this.list(criteria, `${pointer}/criteria`, MOST_CRITERIA).map((each, n) =>
      this.criterion(each, `${pointer}/criteria/${n}`),
    );
    if (read.length === 0)
      this.flaw(`${pointer}/criteria`, 'no_criteria', 'Without any, everybody would be entitled.');
    this.unique(read, `${pointer}/criteria`);
    const offered = this.list(benefits ?? [], `${pointer}/benefits`, MOST_BENEFITS).map((each, n) =>
      this.benefit(each, `${pointer}/benefits/${n}`),
    );
    this.unique(offered, `${pointer}/benefits`);
    return {
      tier: this.oneOf(tier, `${pointer}/tier`, TRACKS[this.track]),
      criteria: read,
      benefits: offered,
    };
  }

  private benefit(given: Json, pointer: string): Benefit {
    const read = this.object(given, pointer);
    this.onlyFields(read, ['id', 'name', 'owner', 'from', 'until'], pointer);
    const { owner = null, from = null, until = null } = read;
    const dates = {
      from: this.instant(from, `${pointer}/from`),
      until: this.instant(until, `${pointer}/until`),
    };
    if (dates.from !== null && dates.until !== null && dates.until <= dates.from)
      this.flaw(`${pointer}/until`, 'ends_before_start', 'It ends after it begins.');
    return {
      id: this.name(read['id'], `${pointer}/id`),
      name: this.text(read['name'], `${pointer}/name`, 100),
      owner: owner === null ? null : this.name(owner, `${pointer}/owner`),
      ...dates,
    };
  }

  private instant(given: Json, pointer: string): Instant | null {
    if (given === null || isInstant(given)) return given;
    this.flaw(pointer, 'not_an_instant', 'As 2026-01-01T00:00:00.000Z, or null.');
    return null;
  }

  private review(given: Json): TierRules['review'] {
    if (given === null) return null;
    const read = this.object(given, '/review');
    this.onlyFields(read, ['afterMonths', 'owner'], '/review');
    return {
      afterMonths: this.integer(read['afterMonths'], '/review/afterMonths', 1, 60),
      owner: this.name(read['owner'], '/review/owner'),
    };
  }
}

/** Everything that a scorecard can ask for, for whoever writes rules. */
export const VOCABULARY = { tracks: TRACKS, measures: MEASURES, qualifications: QUALIFICATIONS };
