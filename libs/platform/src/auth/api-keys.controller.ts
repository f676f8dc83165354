import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { invariant } from '@tributary/kernel';
import { Refusal } from '../errors/problem';
import { type CommandContext, Idempotent } from '../idempotency/command-context';
import { IsStreamId } from '../validation/fields';
import { Allow, Caller } from './access';
import type { ApiKey } from './api-key.entity';
import { ApiKeys } from './api-keys';
import { type Principal, ROLES, type Role } from './principal';

export class NewKeyBody {
  @IsIn(ROLES)
  role!: Role;

  /** Names a system or a desk. A person's name does not belong here. */
  @IsString()
  @Length(1, 100)
  label!: string;

  @IsOptional()
  @IsStreamId()
  partnerId?: string | null;
}

/** Keys of the caller's own tenant. Nobody can ask for another one. */
@ApiTags('keys')
@Controller('v1/api-keys')
@Allow('admin')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Post()
  @HttpCode(201)
  @ApiOperation({ summary: 'Makes a key for a role; its secret is shown in this answer only' })
  async issue(
    @Idempotent() { tenant, newId }: CommandContext,
    @Body() { role, label, ...body }: NewKeyBody,
  ) {
    const partnerId = body.partnerId ?? undefined;
    if ((role === 'partner') !== (partnerId !== undefined)) {
      const detail = 'A key of role partner names its partner; no other key does.';
      const errors = [{ pointer: '/partnerId', code: 'partner_id_mismatch', detail }];
      throw new Refusal(422, 'validation_failed', detail, { errors });
    }
    const wanted = {
      tenant,
      role,
      label,
      id: newId,
      ...(partnerId !== undefined && { partnerId }),
    };
    // The id comes from the Idempotency-Key, so a repeat finds the key that it made.
    const issued = await this.keys.issueOnce(wanted);
    if (issued) return { ...issued, replayed: false };
    const before = await this.keys.find(tenant, newId);
    invariant(before, 'an id that is taken has a row');
    return repeated(before, wanted);
  }

  @Get()
  @ApiOperation({ summary: 'The keys of your tenant, without their secrets' })
  async list(@Caller() { tenant }: Principal) {
    const keys = await this.keys.list(tenant);
    return { keys: keys.map(shown) };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revokes a key; other processes may take it for five seconds more' })
  async revoke(@Caller() { tenant }: Principal, @Param('id') id: string): Promise<void> {
    if (!(await this.keys.revokeKey(tenant, id)))
      throw new Refusal(404, 'api_key_not_found', 'There is no such key.');
  }
}

/** The secret of a key is shown once, so a repeat learns only that the key exists. */
function repeated(before: ApiKey, wanted: { role: Role; label: string; partnerId?: string }) {
  const differs = (field: 'label' | 'partnerId' | 'role') =>
    (before[field] ?? undefined) !== wanted[field];
  const fields = (['role', 'label', 'partnerId'] as const).filter(differs);
  if (fields.length === 0) return { id: before.id, replayed: true };
  const detail = 'Differs from what was accepted under this key.';
  const errors = fields.map((field) => ({ pointer: `/${field}`, code: 'differs', detail }));
  throw new Refusal(
    409,
    'idempotency_conflict',
    'This Idempotency-Key was accepted before with another body.',
    { errors },
  );
}

const shown = ({ id, role, label, partnerId, createdAt, revokedAt }: ApiKey) => ({
  id,
  role,
  label,
  partnerId,
  createdAt: createdAt.toISOString(),
  revokedAt: revokedAt?.toISOString() ?? null,
});
