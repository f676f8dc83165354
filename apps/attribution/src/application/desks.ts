import type { Type } from '@nestjs/common';
import type { CommandBus } from '@nestjs/cqrs';
import type { Dispatch } from '@tributary/feeds';
import { type Rejected, type StreamName, invariant } from '@tributary/kernel';
import { type Dispatched, dispatchAs } from '@tributary/platform';
import type { Command, TellLead } from '../domain/routing/commands';
import { ToCustomer, streamOfCustomer } from './customers';
import { ToFact, streamOfFact } from './facts';
import { ToIdentifier, streamOfIdentifier } from './identifiers';
import { ToMeasure, streamOfMeasure } from './measures';
import { ForProspect, streamOfProspect } from './prospects';
import { DecidePayment, DecideSale, streamOfPayment, streamOfSale } from './sales';

/** What is told of a lead has become commands before it is sent. */
export type Addressed = Exclude<Command, TellLead>;

export const streamOfCommand = (command: Addressed, tenant: string): StreamName =>
  deskOf(command).streamOf(command, tenant);

/** Who decides about a command: the class on the bus, and the stream. */
interface Desk {
  streamOf(command: Addressed, tenant: string): StreamName;
  dispatch(bus: CommandBus): Dispatch<Addressed>;
}

/** A desk is asked only what the table below sends to it. */
function desk<C, R extends Rejected>(
  type: Type<Dispatched<C, R>>,
  streamOf: (command: C, tenant: string) => StreamName,
): Desk {
  return {
    streamOf: (command, tenant) => streamOf(command as C, tenant),
    dispatch: (bus) => dispatchAs(bus, type) as Dispatch<unknown>,
  };
}

const facts = desk(ToFact, streamOfFact);
const identifiers = desk(ToIdentifier, streamOfIdentifier);
const customers = desk(ToCustomer, streamOfCustomer);
const measures = desk(ToMeasure, streamOfMeasure);
const payments = desk(DecidePayment, streamOfPayment);
const prospects = desk(ForProspect, streamOfProspect);
const sales = desk(DecideSale, streamOfSale);

/** What facts and terms ask for, by the desk that decides it. Everything else has one sender, who knows the way. */
const DESKS: Readonly<Partial<Record<Addressed['type'], Desk>>> = {
  LearnTerm: customers,
  LearnRanking: sales,
  RetractFact: facts,
  NoteEvidence: identifiers,
  WithdrawItem: identifiers,
  NoteCustomer: customers,
  NoteSubscription: customers,
  WithdrawFromCustomer: customers,
  ObserveMeasure: measures,
  WithdrawObservation: measures,
  NameInvoice: payments,
  NoteOrphan: payments,
  RetractOrphan: payments,
  LearnClaimTerm: prospects,
  NoteSameCompany: prospects,
  RegisterClaim: prospects,
  WithdrawClaim: prospects,
  RetractSaleFact: sales,
  TakeSaleFact: sales,
};

function deskOf({ type }: Addressed): Desk {
  const found = DESKS[type];
  invariant(found, `facts ask for ${type} at a desk`);
  return found;
}

export function dispatchTo(bus: CommandBus): Dispatch<Addressed> {
  const dispatches = new Map<Desk, Dispatch<Addressed>>();
  return (command, context) => {
    const at = deskOf(command);
    const dispatch = dispatches.get(at) ?? at.dispatch(bus);
    dispatches.set(at, dispatch);
    return dispatch(command, context);
  };
}
