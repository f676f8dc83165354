import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  type Dispatch,
  type FeedEvent,
  type Reaction,
  type Told,
  type Topics,
  reaction,
} from '@tributary/feeds';
import {
  CodedError,
  type Json,
  type JsonObject,
  type Outcome,
  type StreamName,
  fingerprintByField,
} from '@tributary/kernel';
import { type CommandContext, Dispatched, commandHandler } from '@tributary/platform';
import { ERASED, type PersonalData, Privacy, type SubjectKey } from '@tributary/privacy';
import { type PayeeCommand, type PayeeRejected, payee } from '../domain/payee/decide';
import {
  type DeclaredProfile,
  type Holder,
  PAYEE_EVENTS,
  type PayeeEvent,
  payeeStreamOf,
  topicOfPayee,
} from '../domain/payee/events';
import {
  type TypedDocument,
  type TypedPayee,
  destinationDisplay,
  destinationText,
  documentDisplay,
  holderText,
  readDocument,
  readPayee,
} from '../identifiers/payee';
import { type Fault, faultsAt } from '../identifiers/reading';
import type { OpenPayee } from '../rails/rail';

export class DecidePayee extends Dispatched<PayeeCommand, PayeeRejected> {}

export const payeeHandler = commandHandler(DecidePayee, payee, ({ partner }, tenant) =>
  payeeStreamOf(tenant, partner),
);

/** What keys are made for. Erasing the subject makes all that was sealed for it unreadable. */
export const PAYOUT = 'payout';
export const SUBJECT_KIND = 'payee';
export const PAYEE_FIELD = 'data.pii.payee';
const DOCUMENT_FIELD = 'data.pii.document';

/** What was typed cannot be used. It never came to a decision, and nothing of it is kept. */
export interface Unusable {
  readonly faults: readonly Fault[];
}

type Decided = Outcome<PayeeRejected> | Unusable;

export interface TypedProfile extends Omit<DeclaredProfile, 'holder'> {
  readonly document: TypedDocument | null;
}

/** Takes what is personal in a command, and lets nothing of it further than sealed. */
@Injectable()
export class Payees {
  constructor(
    private readonly commands: CommandBus,
    private readonly privacy: Privacy,
  ) {}

  async propose(context: CommandContext, partner: string, typed: TypedPayee): Promise<Decided> {
    const reading = readPayee(typed);
    if ('faults' in reading) return reading;

    const { payee: open, isChecked } = reading.value;
    const { personal, subject, key } = await this.subjectOf(context.tenant, partner);
    const { destination } = open;
    const details = {
      kind: destination.kind,
      keyKind: destination.kind === 'pix' ? destination.keyKind : null,
      display: destinationDisplay(destination),
      fingerprint: fingerprinted(personal, 'destination', destinationText(destination)),
      holder: holderOf(personal, open.document),
      isChecked,
    };
    const place = placeOf(context.tenant, partner, 'BankDetailsProposed', PAYEE_FIELD);
    const command = {
      type: 'ProposeBankDetails',
      partner,
      proposal: context.newId,
      details,
      subject,
      sealed: personal.seal(key, place, open as unknown as Json),
      ...whoAndWhen(context),
    } as const;
    const sent = { partner, payee: asJson(typed) };
    return await this.send(command, context, sent, 'payee', personal);
  }

  async declare(context: CommandContext, partner: string, typed: TypedProfile): Promise<Decided> {
    const { document, ...declared } = typed;
    const reading = readProfileDocument(typed);
    if ('faults' in reading) return reading;

    const { personal, subject, key } = await this.subjectOf(context.tenant, partner);
    const place = placeOf(context.tenant, partner, 'TaxProfileDeclared', DOCUMENT_FIELD);
    const { number } = reading;
    const command = {
      type: 'DeclareTaxProfile',
      partner,
      profile: { ...declared, holder: number && holderOf(personal, number) },
      subject,
      sealed: number && personal.seal(key, place, number),
      ...whoAndWhen(context),
    } as const;
    const sent = { partner, ...asJson(declared), document: document && asJson(document) };
    return await this.send(command, context, sent, 'document', personal);
  }

  private async subjectOf(
    tenant: string,
    partner: string,
  ): Promise<{ personal: PersonalData; subject: string; key: SubjectKey }> {
    const personal = await this.privacy.of(tenant);
    const [subject = ''] = await personal.exchange([{ kind: SUBJECT_KIND, value: partner }]);
    const key = await personal.keyFor(subject, PAYOUT);
    if (key === ERASED) throw erasedPayee(partner);
    return { personal, subject, key };
  }

  /** Account numbers and tax numbers can be guessed, so that what a repeat is recognised by takes a key for them. */
  private async send(
    command: PayeeCommand,
    { tenant, cause }: CommandContext,
    body: JsonObject,
    field: string,
    { hmacHex }: PersonalData,
  ): Promise<Outcome<PayeeRejected>> {
    const sent = { type: command.type, schemaVersion: 1, body };
    const fingerprint = fingerprintByField(sent, { fields: [field], hmacHex });
    const context = { tenant, cause: { ...cause, fingerprint } };
    return await this.commands.execute(new DecidePayee(command, context));
  }
}

function readProfileDocument({
  country,
  kind,
  document,
}: TypedProfile): Unusable | { readonly number: OpenPayee['document'] | null } {
  if (document === null) {
    if (country !== 'BR') return { number: null };
    const detail = 'A payee in Brazil has a CPF or a CNPJ.';
    return { faults: [{ pointer: '/document', code: 'document_missing', detail }] };
  }
  const expected = kind === 'person' ? 'cpf' : 'cnpj';
  if (country !== 'BR' || document.kind !== expected) {
    const detail = 'A person in Brazil has a CPF and a company a CNPJ; elsewhere leave it out.';
    return { faults: [{ pointer: '/document/kind', code: 'document_of_another_kind', detail }] };
  }
  const reading = readDocument(document);
  return 'faults' in reading
    ? { faults: faultsAt('/document', reading) }
    : { number: reading.value };
}

/** What the fingerprint is of stands in front, so that equal texts of two kinds are not taken for one. */
const fingerprinted = ({ hmacHex }: PersonalData, what: string, text: string): string =>
  hmacHex(`${what} ${text}`);

const holderOf = (personal: PersonalData, document: OpenPayee['document']): Holder => ({
  display: documentDisplay(document),
  fingerprint: fingerprinted(personal, 'holder', holderText(document)),
});

export const placeOf = (
  tenant: string,
  partner: string,
  type: PayeeEvent['type'],
  field: string,
) => ({ stream: payeeStreamOf(tenant, partner), type, field });

const whoAndWhen = ({ cause, receivedAt }: CommandContext) => ({ by: cause.actor, receivedAt });

/** A body is made of classes; what is hashed is what was sent. */
const asJson = (body: object): JsonObject => JSON.parse(JSON.stringify(body)) as JsonObject;

export const erasedPayee = (partner: string): CodedError =>
  new CodedError('erased', `What was known of the payee of ${partner} was erased.`, { partner });

/** How an account is told, by whoever knows accounts. */
export interface ToAccounts<C> {
  readonly learn: (stream: StreamName, told: Told, event: FeedEvent) => readonly C[];
  readonly target: (command: C, tenant: string) => StreamName;
  readonly dispatch: Dispatch<C>;
}

/** Where a partner is paid and what is missing, for its accounts: told first, and then the followers are read. */
export const payeesTold = <C>(
  topics: Pick<Topics, 'tell'>,
  { learn, target, dispatch }: ToAccounts<C>,
): Reaction<C> => {
  const tell = async (event: FeedEvent): Promise<readonly C[]> => {
    const { partner, terms } = event.data as unknown as PayeeEvent['data'];
    const told: Told = {
      topic: topicOfPayee(partner),
      key: partner,
      revision: Number(event.revision),
      data: terms as unknown as JsonObject,
    };
    const followers = await topics.tell(event.tenant, told);
    return followers.flatMap((stream) => learn(stream, told, event));
  };
  return reaction<C, Record<string, JsonObject>>({
    name: 'payees_told',
    on: Object.fromEntries(PAYEE_EVENTS.map((type) => [type, tell])),
    target,
    dispatch,
  });
};
