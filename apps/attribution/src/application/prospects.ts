import type { CommandBus } from '@nestjs/cqrs';
import { type Dispatch, type Reaction, type Told, type Topics, reaction } from '@tributary/feeds';
import { type StreamName, idsOf } from '@tributary/kernel';
import { Dispatched, dispatchAs } from '@tributary/platform';
import type { NoteEvidence } from '../domain/identifier/decide';
import { identifierStreamOf } from '../domain/identifier/events';
import type { MeasureCommand } from '../domain/measure/decide';
import { measureStreamOf } from '../domain/measure/events';
import type {
  LearnClaimTerm,
  ProspectCommand,
  ProspectRejected,
} from '../domain/prospect/commands';
import {
  type ToldOfLead,
  toldOfLead,
  whenClaimAccepted,
  whenClaimChanged,
  whenClaimsTold,
  whenConflictAdjudicated,
} from '../domain/prospect/consequences';
import {
  type ClaimChanged,
  type ClaimSubmitted,
  type ClaimsTold,
  type ConflictAdjudicated,
  type DirectAccountMarked,
  prospectStreamOf,
} from '../domain/prospect/events';

export class ForProspect extends Dispatched<ProspectCommand, ProspectRejected> {}

export const streamOfProspect = ({ prospect }: ProspectCommand, tenant: string): StreamName =>
  prospectStreamOf(tenant, prospect);

/** What a prospect that follows a topic is told under it. */
export const learnClaimTerm = (stream: StreamName, told: Told): LearnClaimTerm => ({
  type: 'LearnClaimTerm',
  prospect: idsOf(stream)[0] as string,
  ...told,
});

/** A fact that names a lead and no company goes to whoever follows the lead, and waits for whoever will. */
export async function tellOfLead(
  topics: Pick<Topics, 'tell'>,
  tenant: string,
  news: ToldOfLead,
): Promise<LearnClaimTerm[]> {
  const told = toldOfLead(news);
  const followers = await topics.tell(tenant, told);
  return followers.map((stream) => learnClaimTerm(stream, told));
}

interface Following {
  readonly ClaimSubmitted: ClaimSubmitted['data'];
  readonly DirectAccountMarked: DirectAccountMarked['data'];
}

/** A prospect follows its programme and its leads: it is registered first, then told what was said before. */
export function claimTerms(bus: CommandBus, topics: Pick<Topics, 'follow'>): Reaction {
  const learn = async ({
    tenant,
    stream,
    data,
  }: {
    readonly tenant: string;
    readonly stream: StreamName;
    readonly data: Following[keyof Following];
  }): Promise<ProspectCommand[]> => {
    const told = await topics.follow(tenant, stream, data.follows);
    return told.map((one) => learnClaimTerm(stream, one));
  };
  return reaction<ProspectCommand, { readonly [T in keyof Following]: Following[T] }>({
    name: 'claim_terms',
    on: { ClaimSubmitted: learn, DirectAccountMarked: learn },
    target: streamOfProspect,
    dispatch: dispatchAs(bus, ForProspect),
  });
}

interface Meeting {
  readonly ClaimsTold: ClaimsTold['data'];
  readonly ConflictAdjudicated: ConflictAdjudicated['data'];
}

/** Prospects that are one company hear of one another. */
export const prospectsMeet = (bus: CommandBus): Reaction =>
  reaction<ProspectCommand, { readonly [T in keyof Meeting]: Meeting[T] }>({
    name: 'prospects_meet',
    on: { ClaimsTold: whenClaimsTold, ConflictAdjudicated: whenConflictAdjudicated },
    target: streamOfProspect,
    dispatch: dispatchAs(bus, ForProspect),
  });

/** Customers are credited by claims, and hear of them from the lead's and the company's identifiers. */
export const claimEvidence = (dispatch: Dispatch<NoteEvidence>): Reaction<NoteEvidence> =>
  reaction<NoteEvidence, { ClaimChanged: ClaimChanged['data'] }>({
    name: 'claim_evidence',
    on: {
      ClaimChanged: (event) =>
        whenClaimChanged(event).map((told) => ({ type: 'NoteEvidence', ...told })),
    },
    target: ({ identifier }, tenant) => identifierStreamOf(tenant, identifier),
    dispatch,
  });

export const acceptedLeads = (dispatch: Dispatch<MeasureCommand>): Reaction<MeasureCommand> =>
  reaction<MeasureCommand, { ClaimChanged: ClaimChanged['data'] }>({
    name: 'accepted_leads',
    on: { ClaimChanged: whenClaimAccepted },
    target: ({ partner, measure, subject }, tenant) =>
      measureStreamOf(tenant, partner, measure, subject),
    dispatch,
  });
