import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from './principal';

@Entity({ name: 'api_key' })
export class ApiKey {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text' })
  tenant!: string;

  @Column({ type: 'text' })
  role!: Role;

  @Column({ type: 'text' })
  hash!: string;

  @Column({ type: 'text' })
  label!: string;

  @Column({ name: 'partner_id', type: 'text', nullable: true })
  partnerId!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;
}
