import { ApiProperty } from '@nestjs/swagger';
import type { Outcome, Rejected } from '@tributary/kernel';
import { Refusal, RejectedHttp } from '../errors/problem';
import type { Refusals } from '../errors/refusals';

/** The answer to every command that was not refused. */
export class CommandAnswer {
  @ApiProperty({
    description: 'Of what the command created or changed.',
    example: '018f3c2e9a7b7c1d8e2f4a5b6c7d8e9f',
  })
  readonly id!: string;

  @ApiProperty({ description: 'Whether this very command had been accepted before.' })
  readonly replayed!: boolean;

  @ApiProperty({
    description: 'Hand it to a query to see this write.',
    example: 'attribution:1204',
  })
  readonly token!: string;
}

/** Throws what was rejected, as the controller's table words it. */
export function answerOf<R extends Rejected>(
  outcome: Outcome<R>,
  { service, id }: { readonly service: string; readonly id: string },
  refusals: Refusals<R>,
): CommandAnswer {
  if (outcome.kind === 'rejected') {
    const { rejected } = outcome;
    throw new RejectedHttp(refusals[rejected.code as R['code']], rejected);
  }
  return { id, replayed: outcome.kind === 'replayed', token: tokenOf(service, outcome.position) };
}

export const tokenOf = (service: string, position: bigint): string => `${service}:${position}`;

const TOKEN = /^([a-z][a-z-]{0,31}):(0|[1-9][0-9]{0,17})$/;

/** The position to wait for. Another service's token says nothing about this one's tables. */
export function positionOf(token: string, service: string): bigint {
  const [, owner, position = ''] = TOKEN.exec(token) ?? [];
  if (owner === service) return BigInt(position);
  const detail =
    owner === undefined
      ? 'Not a token that a command answered with.'
      : `A token of ${owner}, not of ${service}.`;
  throw new Refusal(422, 'invalid_token', detail, {
    errors: [{ parameter: 'token', code: 'invalid_token', detail }],
  });
}
