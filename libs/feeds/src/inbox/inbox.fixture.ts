import type { Published } from '@tributary/contracts';
import { instant, type JsonObject, parseStreamName, tenantOf, uuidV5 } from '@tributary/kernel';

const at = instant('2026-01-01T00:00:00.000Z');

export function published(
  stream: string,
  revision: bigint,
  previous: bigint | null,
  data: JsonObject = {},
): Published {
  const name = parseStreamName(stream);
  return {
    id: uuidV5('published', stream, String(revision)),
    type: 'attribution.line-credited.v1',
    stream: name,
    revision,
    previous,
    position: revision + 1n,
    tenant: tenantOf(name),
    occurredAt: at,
    recordedAt: at,
    correlationId: 'c1',
    causationId: null,
    traceParent: null,
    data,
  };
}
