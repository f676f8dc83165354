import { IsStreamId } from '@tributary/platform';
import { IsOptional, IsString, Length } from 'class-validator';
import { PageQuery, TimedBody } from './bodies';
import { MayBeLeftOut } from './fields';

class OwnedBody extends TimedBody {
  @IsStreamId()
  owner!: string;

  /** Left out, the programme `main`. */
  @MayBeLeftOut()
  @IsStreamId()
  programme?: string;
}

export class NewLinkBody extends OwnedBody {
  /** The code in its address; left out, one is made. */
  @MayBeLeftOut()
  @IsStreamId()
  id?: string;
}

export class NewCouponBody extends OwnedBody {
  /** The system that redeems it, as in the events about it. */
  @IsString()
  @Length(1, 300)
  system!: string;

  /** As its system writes it, to the letter. */
  @IsString()
  @Length(1, 200)
  code!: string;
}

export class LinkMoveBody extends TimedBody {
  @IsStreamId()
  owner!: string;

  /** Left out, it stays. */
  @MayBeLeftOut()
  @IsStreamId()
  programme?: string;
}

export class LinksQuery extends PageQuery {
  @IsOptional()
  @IsStreamId()
  owner?: string;

  @IsOptional()
  @IsStreamId()
  programme?: string;
}

export class CouponsQuery extends LinksQuery {
  @IsOptional()
  @IsString()
  @Length(1, 300)
  system?: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  code?: string;
}
