import { MEASURES, QUALIFICATIONS, type Track } from '@tributary/contracts';
import type { Json, JsonObject } from '@tributary/kernel';
import { type Criterion, FIGURES, KINDS, type MeasureCriterion } from './content';
import { FlawReader } from './flaws';

const MEASURED = MEASURES.filter((measure) => measure !== 'csat');
const MOST_COUNTED = 1_000_000;

/** One requirement, as a person wrote it. */
export class CriteriaReader extends FlawReader {
  constructor(protected readonly track: Track) {
    super();
  }

  protected criterion(given: Json, pointer: string): Criterion {
    const read = this.object(given, pointer);
    const id = this.name(read['id'], `${pointer}/id`);
    const figure = this.oneOf(read['figure'], `${pointer}/figure`, FIGURES[this.track]);
    switch (figure) {
      case 'arr':
        this.only(read, ['atLeast'], pointer);
        return { id, figure, atLeast: this.minor(read['atLeast'], `${pointer}/atLeast`) };
      case 'satisfaction':
        return { id, figure, ...this.satisfaction(read, pointer) };
      case 'measure':
        this.only(read, ['measure', 'of', 'atLeast'], pointer);
        return {
          id,
          figure,
          of: this.oneOf(read['of'], `${pointer}/of`, ['count', 'amount']),
          ...this.counted(read, pointer),
        };
      case 'commitment':
        this.only(read, ['measure', 'atLeast'], pointer);
        return { id, figure, ...this.counted(read, pointer) };
      case 'qualification':
        return { id, figure, ...this.qualification(read, pointer) };
    }
  }

  private only(given: JsonObject, fields: readonly string[], pointer: string): void {
    this.onlyFields(given, ['id', 'figure', ...fields], pointer);
  }

  private counted(
    given: JsonObject,
    pointer: string,
  ): Pick<MeasureCriterion, 'atLeast' | 'measure'> {
    return {
      measure: this.oneOf(given['measure'], `${pointer}/measure`, MEASURED),
      atLeast: this.integer(given['atLeast'], `${pointer}/atLeast`, 1, MOST_COUNTED),
    };
  }

  private satisfaction(given: JsonObject, pointer: string) {
    this.only(given, ['instrument', 'scale', 'above', 'months'], pointer);
    const scale = this.object(given['scale'], `${pointer}/scale`);
    this.onlyFields(scale, ['min', 'max'], `${pointer}/scale`);
    return {
      instrument: this.text(given['instrument'], `${pointer}/instrument`, 40),
      scale: {
        min: this.decimal(scale['min'], `${pointer}/scale/min`),
        max: this.decimal(scale['max'], `${pointer}/scale/max`),
      },
      above: this.decimal(given['above'], `${pointer}/above`),
      months: this.integer(given['months'], `${pointer}/months`, 1, 120),
    };
  }

  private qualification(given: JsonObject, pointer: string) {
    this.only(given, ['kind', 'levels'], pointer);
    const kinds = KINDS[this.track].filter((kind) => kind !== 'commitment');
    const kind = this.oneOf(given['kind'], `${pointer}/kind`, kinds);
    const known: readonly string[] = QUALIFICATIONS[kind];
    const levels = this.list(given['levels'], `${pointer}/levels`, known.length).map((level, i) =>
      this.oneOf(level, `${pointer}/levels/${i}`, known),
    );
    if (levels.length === 0) this.flaw(`${pointer}/levels`, 'no_levels', 'At least one level.');
    return { kind, levels };
  }
}
