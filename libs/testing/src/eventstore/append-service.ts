import { status } from '@grpc/grpc-js';
import type {
  ServerDuplexStream,
  ServerReadableStream,
  ServiceError,
  sendUnaryData,
} from '@grpc/grpc-js';
import * as shared from '@eventstore/db-client/generated/shared_pb';
import * as rpc from '@eventstore/db-client/generated/status_pb';
import * as streams from '@eventstore/db-client/generated/streams_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';

import type { ExpectedRevision, ProposedEvent, Verdict } from './event-store';
import {
  identifierOf,
  notLeaderError,
  proposed,
  rpcError,
  streamNameOf,
  unavailableError,
} from './messages';
import type { Append } from './messages';
import { leaderFor } from './server-state';
import type { Call, ServerState } from './server-state';

type Answer =
  | { readonly kind: 'decided'; readonly verdict: Verdict }
  | { readonly kind: 'too_large'; readonly limitBytes: number }
  | { readonly kind: 'not_leader'; readonly host: string; readonly port: number }
  | { readonly kind: 'timeout' | 'not_ready' | 'silence' };

function decide(state: ServerState, call: Call, append: Append): Answer {
  const { store, misbehaviour, maxAppendBytes } = state;
  const misdeed = misbehaviour.nextAppend();
  if (
    misdeed?.kind === 'not_leader' ||
    misdeed?.kind === 'not_ready' ||
    misdeed?.kind === 'too_large'
  )
    return misdeed;
  const leader = leaderFor(state, call);
  if (leader) return { kind: 'not_leader', ...leader };
  const bytes = append.events.reduce((sum, event) => sum + sizeOf(event), 0);
  if (bytes > maxAppendBytes) return { kind: 'too_large', limitBytes: maxAppendBytes };
  const verdict = store.append(append.stream, append.expected, append.events);
  if (misdeed?.kind === 'commit_without_answer') return { kind: 'silence' };
  if (misdeed?.kind === 'timeout_after_commit') return { kind: 'timeout' };
  return { kind: 'decided', verdict };
}

const sizeOf = ({ type, data, customMetadata }: ProposedEvent): number =>
  Buffer.byteLength(type) + data.length + customMetadata.length;

type UnaryAppend = ServerReadableStream<streams.AppendReq, streams.AppendResp>;

/** One call per append; what went wrong stands in the trailers. */
export const appendHandler =
  (state: ServerState) =>
  (call: UnaryAppend, callback: sendUnaryData<streams.AppendResp>): void => {
    let stream = '';
    let expected: ExpectedRevision = 'any';
    const events: ProposedEvent[] = [];
    let over = false;
    const leave = state.misbehaviour.appending({
      drop: () => {
        close();
        callback(unavailableError());
      },
    });
    const close = (): void => {
      over = true;
      leave();
    };
    call.on('data', (request: streams.AppendReq) => {
      const options = request.getOptions();
      const message = request.getProposedMessage();
      if (options) {
        stream = streamNameOf(options);
        expected = expectedOf(
          options,
          options.hasRevision() ? BigInt(options.getRevision()) : undefined,
        );
      }
      if (message) events.push(proposed(message));
    });
    call.on('cancelled', close);
    call.on('end', () => {
      if (over) return;
      const answer = decide(state, call, { stream, expected, events });
      if (answer.kind === 'silence') return;
      close();
      const inTrailers = state.conflictsIn === 'trailers';
      const error = unaryError(answer, { stream, expected, events }, inTrailers);
      if (error) callback(error);
      else callback(null, unaryResponse(answer, expected));
    });
  };

function unaryError(answer: Answer, append: Append, inTrailers: boolean): ServiceError | undefined {
  switch (answer.kind) {
    case 'not_leader':
      return notLeaderError(answer.host, answer.port);
    case 'not_ready':
      return unavailableError();
    case 'too_large':
      return rpcError(
        status.INVALID_ARGUMENT,
        `Maximum Append Size of ${answer.limitBytes} Exceeded.`,
        {
          exception: 'maximum-append-size-exceeded',
          'maximum-append-size': String(answer.limitBytes),
        },
      );
    case 'timeout':
      return rpcError(status.ABORTED, 'Operation timed out');
    case 'decided':
      return answer.verdict.stored || !inTrailers
        ? undefined
        : conflictInTrailers(append, answer.verdict.current);
    case 'silence':
      return undefined;
  }
}

/** How servers of the first years said it; later ones put it into the answer. */
function conflictInTrailers(
  { stream, expected }: Append,
  current: bigint | 'no_stream',
): ServiceError {
  return rpcError(status.FAILED_PRECONDITION, 'Append failed due to WrongExpectedVersion.', {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(WIRE_REVISION[String(expected)] ?? expected),
    'actual-version': String(WIRE_REVISION[String(current)] ?? current),
  });
}

/** How the trailers spell what is no revision. */
const WIRE_REVISION: Record<string, number> = { no_stream: -1, any: -2, stream_exists: -4 };

function unaryResponse(answer: Answer, expected: ExpectedRevision): streams.AppendResp {
  const response = new streams.AppendResp();
  if (answer.kind !== 'decided') return response;
  const { verdict } = answer;
  if (!verdict.stored) {
    response.setWrongExpectedVersion(conflictInResponse(expected, verdict.current));
    return response;
  }
  const position = new streams.AppendResp.Position();
  position.setCommitPosition(String(verdict.position));
  position.setPreparePosition(String(verdict.position));
  const success = new streams.AppendResp.Success();
  success.setCurrentRevision(String(verdict.revision));
  success.setPosition(position);
  response.setSuccess(success);
  return response;
}

function conflictInResponse(
  expected: ExpectedRevision,
  current: bigint | 'no_stream',
): streams.AppendResp.WrongExpectedVersion {
  const conflict = new streams.AppendResp.WrongExpectedVersion();
  if (current === 'no_stream') conflict.setCurrentNoStream(new shared.Empty());
  else conflict.setCurrentRevision(String(current));
  if (expected === 'any') conflict.setExpectedAny(new shared.Empty());
  else if (expected === 'no_stream') conflict.setExpectedNoStream(new shared.Empty());
  else if (expected === 'stream_exists') conflict.setExpectedStreamExists(new shared.Empty());
  else conflict.setExpectedRevision(String(expected));
  return conflict;
}

type BatchAppend = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

/** One stream for all appends of a connection; what went wrong with one of them stands in its answer. */
export const batchAppendHandler =
  (state: ServerState) =>
  (call: BatchAppend): void => {
    const pending = new Map<string, Append & { events: ProposedEvent[] }>();
    const close = state.misbehaviour.appending({
      drop: () => call.emit('error', unavailableError()),
    });
    call.on('cancelled', close);
    call.on('error', close);
    call.on('end', () => {
      close();
      call.end();
    });
    call.on('data', (request: streams.BatchAppendReq) => {
      const id = request.getCorrelationId()?.getString() ?? '';
      const options = request.getOptions();
      if (options) {
        const revision = options.hasStreamPosition()
          ? BigInt(options.getStreamPosition())
          : undefined;
        pending.set(id, {
          stream: streamNameOf(options),
          expected: expectedOf(options, revision),
          events: [],
        });
      }
      const append = pending.get(id);
      if (!append) return;
      append.events.push(...request.getProposedMessagesList().map(proposed));
      if (!request.getIsFinal()) return;
      pending.delete(id);
      const answer = decide(state, call, append);
      // A real server answers "not leader" by failing the stream, and with it everything that is pending on it.
      if (answer.kind === 'not_leader')
        call.emit('error', notLeaderError(answer.host, answer.port));
      else if (answer.kind !== 'silence') call.write(batchResponse(request, append, answer));
    });
  };

function batchResponse(
  request: streams.BatchAppendReq,
  append: Append,
  answer: Answer,
): streams.BatchAppendResp {
  const response = new streams.BatchAppendResp();
  response.setCorrelationId(request.getCorrelationId());
  response.setStreamIdentifier(identifierOf(append.stream));
  if (answer.kind === 'decided' && answer.verdict.stored) {
    const position = new shared.AllStreamPosition();
    position.setCommitPosition(String(answer.verdict.position));
    position.setPreparePosition(String(answer.verdict.position));
    const success = new streams.BatchAppendResp.Success();
    success.setCurrentRevision(String(answer.verdict.revision));
    success.setPosition(position);
    response.setSuccess(success);
  } else {
    response.setError(batchError(append, answer));
  }
  return response;
}

function batchError(append: Append, answer: Answer): rpc.Status {
  const error = new rpc.Status();
  const pack = (message: { serializeBinary(): Uint8Array }, type: string): void => {
    const details = new Any();
    details.pack(message.serializeBinary(), type);
    error.setDetails(details);
  };
  if (answer.kind === 'decided' && !answer.verdict.stored) {
    pack(
      wrongExpectedVersion(append.expected, answer.verdict.current),
      'event_store.client.WrongExpectedVersion',
    );
  } else if (answer.kind === 'too_large') {
    const details = new shared.MaximumAppendSizeExceeded();
    details.setMaxappendsize(answer.limitBytes);
    pack(details, 'event_store.client.MaximumAppendSizeExceeded');
  } else if (answer.kind === 'timeout') {
    pack(new shared.Timeout(), 'event_store.client.Timeout');
  } else {
    error.setMessage('Server Is Not Ready');
    pack(new Empty(), 'google.protobuf.Empty');
  }
  return error;
}

function wrongExpectedVersion(
  expected: ExpectedRevision,
  current: bigint | 'no_stream',
): shared.WrongExpectedVersion {
  const details = new shared.WrongExpectedVersion();
  if (current === 'no_stream') details.setCurrentNoStream(new Empty());
  else details.setCurrentStreamRevision(String(current));
  if (expected === 'any') details.setExpectedAny(new Empty());
  else if (expected === 'no_stream') details.setExpectedNoStream(new Empty());
  else if (expected === 'stream_exists') details.setExpectedStreamExists(new Empty());
  else details.setExpectedStreamPosition(String(expected));
  return details;
}

interface ExpectedOptions {
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

function expectedOf(options: ExpectedOptions, revision: bigint | undefined): ExpectedRevision {
  if (revision !== undefined) return revision;
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
}
