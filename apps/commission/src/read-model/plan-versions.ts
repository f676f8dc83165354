import type { Instant } from '@tributary/kernel';
import type { PlanVersion } from '../../engines/v1/plan';
import type { Override } from '../domain/plan/events';

export interface PlanDraft {
  readonly version: number;
  readonly hash: string;
  readonly content: PlanVersion;
  readonly by: string;
}

export interface PublishedVersion {
  readonly version: number;
  readonly hash: string;
  readonly engine: string;
  readonly engineHash: string;
  readonly content: PlanVersion;
  readonly approvedAt: Instant;
  readonly draftedBy: string;
  readonly approvedBy: string;
  readonly acknowledged: readonly string[];
  readonly override: Override | null;
}
