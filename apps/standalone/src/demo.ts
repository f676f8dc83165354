import { TRAINING_COMPLETED, type TrainingCompleted } from '@tributary/contracts';
import { CodedError } from '@tributary/kernel';

/** The demo lives in a tenant of its own, so that nothing of it ever mixes with what is yours. */
export const DEMO_TENANT = 'demo';
export const DEMO_PARTNER = 'northwind';

const SOURCE = 'https://demo.tributary.example/academy';

/** Two partners, three people, four trainings: enough to ask the first question. */
const STORY: readonly TrainingCompleted[] = [
  trained('northwind', 'ana-payments', 'payments-101', '2026-03-03T14:00:00-03:00', 240),
  trained('northwind', 'ana-integrations', 'integrations-201', '2026-03-10T14:00:00-03:00', 360),
  trained('northwind', 'bruno-payments', 'payments-101', '2026-03-12T14:30:00-03:00', 240),
  trained('southwind', 'carla-payments', 'payments-101', '2026-03-17T09:00:00-03:00', 240),
];

interface Item {
  readonly status: number;
  readonly correlationId: string;
}

/**
 * Tells the story through the front door, as an upstream system would, and waits until the last service has heard it. Telling
 * it again changes nothing.
 */
export async function playDemo(
  address: string,
  { upstream, auditor }: Readonly<Record<'auditor' | 'upstream', string>>,
): Promise<void> {
  const response = await fetch(`${address}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${upstream}`,
      'content-type': 'application/cloudevents-batch+json',
    },
    body: JSON.stringify(STORY),
  });
  const { items = [] } = (await response.json()) as { items?: readonly Item[] };
  if (!response.ok || items.some(({ status }) => status >= 300)) {
    const message = `The demo programme was refused with status ${response.status}.`;
    throw new CodedError('demo_refused', message, { items });
  }
  const headers = { authorization: `Bearer ${auditor}` };
  for (const { correlationId } of items) {
    await fetch(`${address}/v1/partners/${DEMO_PARTNER}/measures?seen=${correlationId}`, {
      headers,
    });
  }
}

function trained(
  partnerRef: string,
  completion: string,
  trainingRef: string,
  time: string,
  minutes: number,
): TrainingCompleted {
  const completionRef = `demo-${completion}`;
  return {
    specversion: '1.0',
    id: completionRef,
    source: SOURCE,
    type: TRAINING_COMPLETED,
    time,
    subject: partnerRef,
    datacontenttype: 'application/json',
    dataschema: '/v1/schemas/training.completed.v1',
    data: { partnerRef, completionRef, trainingRef, minutes },
  };
}
