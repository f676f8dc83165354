import type { Json, JsonObject } from '@tributary/kernel';
import { RUNGS, type Rung } from '../credit/credit';
import { TOUCH_TYPES, type TouchType } from '../evidence';
import { type Model, PLAIN_MODELS, type PolicyContent, type RoleWeights } from './policy-content';
import { STANDARD_POLICY } from './standard';

/** One thing that is wrong with a policy, and where. */
export interface Flaw {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export const MOST_DAYS = 3_650;
export const MOST_WEIGHT = 10_000;
const MODEL_KINDS = [...PLAIN_MODELS, 'time_decay', 'custom'] as const;
const ROLES = ['first', 'lead', 'opportunity', 'last', 'others'] as const;
const FIELDS = ['precedence', 'model', 'lookbackDays', 'sources', 'influence'] as const;

/** Reads what a person wrote, and finds everything wrong with it at once. What is left out is as in the standard policy. */
export function readContent(
  programme: string,
  given: JsonObject,
): { readonly content: PolicyContent } | { readonly flaws: readonly Flaw[] } {
  const reader = new ContentReader();
  const content = reader.read(programme, given);
  return reader.flaws.length > 0 ? { flaws: reader.flaws } : { content };
}

const standard = STANDARD_POLICY.content;
const NO_WEIGHTS: RoleWeights = { first: 0, lead: 0, opportunity: 0, last: 0, others: 0 };

class ContentReader {
  readonly flaws: Flaw[] = [];

  read(programme: string, given: JsonObject): PolicyContent {
    this.onlyFields(given, FIELDS, '');
    const content = {
      programme,
      precedence: this.precedence(given['precedence']),
      model: this.model(given['model']),
      lookbackDays: this.lookbackDays(given['lookbackDays']),
      sources: this.types(given['sources'], '/sources', standard.sources),
      influence: this.influence(given['influence']),
    };
    this.together(content);
    return content;
  }

  private precedence(given: Json | undefined): readonly Rung[] {
    const rungs = this.names(given, '/precedence', RUNGS, standard.precedence, 'unknown_rung');
    if (rungs[0] !== 'adjudicated')
      this.flaw('/precedence', 'adjudicated_not_first', 'What a person decided stands first.');
    if (rungs.at(-1) !== 'house')
      this.flaw('/precedence', 'house_not_last', 'The house stands last, and is never left out.');
    return rungs;
  }

  private model(given: Json | undefined): Model {
    if (given === undefined) return standard.model;
    const model = this.object(given, '/model');
    if (!model) return standard.model;
    const kind = model['kind'];
    const known = MODEL_KINDS.find((each) => each === kind);
    switch (known) {
      case undefined:
        this.flaw('/model/kind', 'unknown_model', `One of ${MODEL_KINDS.join(', ')}.`);
        return standard.model;
      case 'time_decay':
        this.onlyFields(model, ['kind', 'halfLifeDays'], '/model');
        return {
          kind: known,
          halfLifeDays: this.integer(model['halfLifeDays'], '/model/halfLifeDays', {
            code: 'half_life_out_of_range',
            least: 1,
            most: MOST_DAYS,
          }),
        };
      case 'custom':
        this.onlyFields(model, ['kind', 'weights'], '/model');
        return { kind: known, weights: this.weights(model['weights']) };
      default:
        this.onlyFields(model, ['kind'], '/model');
        return { kind: known };
    }
  }

  private weights(given: Json | undefined): RoleWeights {
    const weights = this.object(given, '/model/weights');
    if (!weights) return NO_WEIGHTS;
    this.onlyFields(weights, ROLES, '/model/weights');
    const range = { code: 'weight_out_of_range', least: 0, most: MOST_WEIGHT };
    const of = (role: (typeof ROLES)[number]) =>
      this.integer(weights[role] ?? 0, `/model/weights/${role}`, range);
    const read = {
      first: of('first'),
      lead: of('lead'),
      opportunity: of('opportunity'),
      last: of('last'),
      others: of('others'),
    };
    if (Object.values(read).every((weight) => weight === 0))
      this.flaw('/model/weights', 'weights_all_zero', 'Somebody has to have a weight.');
    return read;
  }

  private lookbackDays(given: Json | undefined): Readonly<Record<TouchType, number>> {
    if (given === undefined) return standard.lookbackDays;
    const days = this.object(given, '/lookbackDays');
    if (!days) return standard.lookbackDays;
    this.onlyFields(days, TOUCH_TYPES, '/lookbackDays');
    const range = { code: 'lookback_out_of_range', least: 0, most: MOST_DAYS };
    const read = TOUCH_TYPES.map((type) => {
      const wanted = days[type] ?? standard.lookbackDays[type];
      return [type, this.integer(wanted, `/lookbackDays/${type}`, range)];
    });
    return Object.fromEntries(read) as Readonly<Record<TouchType, number>>;
  }

  private influence(given: Json | undefined): PolicyContent['influence'] {
    if (given === undefined) return standard.influence;
    const influence = this.object(given, '/influence');
    if (!influence) return standard.influence;
    this.onlyFields(influence, ['types', 'days'], '/influence');
    const range = { code: 'influence_days_out_of_range', least: 0, most: MOST_DAYS };
    return {
      types: this.types(influence['types'], '/influence/types', standard.influence.types),
      days: this.integer(influence['days'] ?? standard.influence.days, '/influence/days', range),
    };
  }

  /** What each of them allows, but not beside each other. */
  private together({ precedence, sources }: PolicyContent): void {
    if (precedence.includes('coupon') && !sources.includes('coupon')) {
      const detail = 'A coupon that cannot source never wins: leave it out of the precedence.';
      this.flaw('/sources', 'coupon_cannot_source', detail);
    }
    if (precedence.includes('touches') && sources.length === 0) {
      const detail = 'Without a type that can source no touch wins: leave them out.';
      this.flaw('/sources', 'nothing_can_source', detail);
    }
  }

  private types(given: Json | undefined, pointer: string, otherwise: readonly TouchType[]) {
    return this.names(given, pointer, TOUCH_TYPES, otherwise, 'unknown_touch_type');
  }

  private names<N extends string>(
    given: Json | undefined,
    pointer: string,
    known: readonly N[],
    otherwise: readonly N[],
    code: string,
  ): readonly N[] {
    if (given === undefined) return otherwise;
    if (!Array.isArray(given)) {
      this.flaw(pointer, 'wrong_type', 'A list of names.');
      return otherwise;
    }
    const names: N[] = [];
    for (const [i, each] of given.entries()) {
      const name = known.find((one) => one === each);
      if (name === undefined) this.flaw(`${pointer}/${i}`, code, `One of ${known.join(', ')}.`);
      else if (names.includes(name)) this.flaw(`${pointer}/${i}`, 'named_twice', 'Each once.');
      else names.push(name);
    }
    return names;
  }

  private integer(
    given: Json | undefined,
    pointer: string,
    { code, least, most }: { readonly code: string; readonly least: number; readonly most: number },
  ): number {
    if (Number.isSafeInteger(given) && (given as number) >= least && (given as number) <= most)
      return given as number;
    this.flaw(pointer, code, `An integer from ${least} to ${most}.`);
    return least;
  }

  private object(given: Json | undefined, pointer: string): JsonObject | undefined {
    if (typeof given === 'object' && given !== null && !Array.isArray(given))
      return given as JsonObject;
    this.flaw(pointer, 'wrong_type', 'An object.');
    return undefined;
  }

  private onlyFields(given: JsonObject, known: readonly string[], pointer: string): void {
    for (const name of Object.keys(given)) {
      if (known.includes(name)) continue;
      const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      this.flaw(at, 'unknown_field', `Known are ${known.join(', ')}.`);
    }
  }

  private flaw(pointer: string, code: string, detail: string): void {
    this.flaws.push({ pointer, code, detail });
  }
}
