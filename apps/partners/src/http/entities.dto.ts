import type { Asset } from '@tributary/kernel';
import { IsAsset, IsZone } from '@tributary/platform';
import { IsString, Length } from 'class-validator';
import { NewBody, TimedBody } from './bodies';

export class NewEntityBody extends NewBody {
  @IsString()
  @Length(1, 100)
  name!: string;

  /** For good: the books are kept in it. */
  @IsAsset()
  currency!: Asset;

  /** For good: the months of the books are cut in it. */
  @IsZone()
  zone!: string;
}

export class EntityNameBody extends TimedBody {
  @IsString()
  @Length(1, 100)
  name!: string;
}
