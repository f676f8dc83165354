import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConflictException, ForbiddenException, HttpException } from '@nestjs/common';
import {
  type JsonObject,
  commandMismatch,
  fingerprintByField,
  parseStreamName,
  unavailable,
} from '@tributary/kernel';
import { CODED_STATUS } from './coded-status';
import { refusalOf } from './refusal-of';

const coded = (code: string, more: object = {}) =>
  Object.assign(new Error('canary'), { code, ...more });

describe('telling an outage from a defect', () => {
  it.each([
    ['the log says so', unavailable('The log'), true],
    ['nobody listens', coded('ECONNREFUSED'), true],
    [
      'every address refused',
      Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
      true,
    ],
    ['the server shuts down', coded('57P01'), true],
    ['the disk is full', coded('53100'), true],
    [
      'a full disk, wrapped twice',
      new Error('x', { cause: coded('', { driverError: coded('53100') }) }),
      true,
    ],
    ['a standby takes no writes', coded('25006'), true],
    ['a connection broke', new Error('Connection terminated unexpectedly'), true],
    ['a file of ours is gone', coded('ENOENT', { syscall: 'open' }), false],
    ['a unique index was hit', coded('23505'), false],
    ['a table is missing', coded('42P01'), false],
    ['a plain error', new Error('x'), false],
    ['nothing at all', undefined, false],
  ])('%s', (_name, error, expected) => {
    const answer = expected
      ? { status: 503, code: 'unavailable' }
      : { status: 500, code: 'internal_error' };
    expect(refusalOf(error)).toMatchObject(answer);
  });
});

describe('showing an error to a caller', () => {
  it('names the fields that differ when a key is used again for another body', () => {
    const before = sent('POST /x 1', { amount: '1', asset: 'BRL/2', note: 'a' });
    const now = sent('POST /x 2', { amount: '2', asset: 'BRL/2', extra: 1 });
    const stream = parseStreamName('sale-acme.s1');
    const error = commandMismatch(
      { commandId: 'c', fingerprint: before, stream, revision: 0n },
      now,
    );
    expect(refusalOf(error)).toMatchObject({
      status: 409,
      code: 'idempotency_conflict',
      more: {
        errors: [
          { pointer: '/amount' },
          { pointer: '/extra' },
          { pointer: '/note' },
          { parameter: 'path' },
        ],
      },
    });
  });

  it('says nothing of what it does not know', () => {
    for (const error of [
      new Error('canary'),
      coded('23505'),
      'canary',
      null,
      new HttpException('canary', 502),
    ]) {
      const refusal = refusalOf(error);
      expect([refusal.status, refusal.code]).toEqual([500, 'internal_error']);
      expect(JSON.stringify(refusal)).not.toContain('canary');
    }
  });

  it('keeps the status of what Nest itself throws', () => {
    expect(refusalOf(new ForbiddenException())).toMatchObject({ status: 403, code: 'forbidden' });
    expect(refusalOf(new ConflictException('Taken.'))).toMatchObject({
      status: 409,
      code: 'conflict',
      detail: 'Taken.',
    });
    expect(refusalOf(new HttpException('tea', 418))).toMatchObject({
      status: 418,
      code: 'refused',
    });
  });

  it('lists no code that nobody throws any more', () => {
    const libraries = join(__dirname, '../../..');
    const thrown = new Set<string>();
    for (const library of ['event-log', 'feeds', 'kernel', 'postgres', 'privacy']) {
      for (const file of readdirSync(join(libraries, library, 'src'), {
        recursive: true,
        encoding: 'utf8',
      })) {
        if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
        const text = readFileSync(join(libraries, library, 'src', file), 'utf8');
        for (const [, code] of text.matchAll(/'([a-z]+(?:_[a-z]+)*)'/g)) thrown.add(String(code));
      }
    }
    expect(Object.keys(CODED_STATUS).filter((code) => !thrown.has(code))).toEqual([]);
  });
});

const sent = (type: string, body: JsonObject) =>
  fingerprintByField({ type, schemaVersion: 1, body });
