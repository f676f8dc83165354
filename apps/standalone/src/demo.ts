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

/** Tells the story through the front door, as an upstream system would. Telling it again changes nothing. */
export async function playDemo(address: string, upstreamKey: string): Promise<void> {
  const response = await fetch(`${address}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${upstreamKey}`,
      'content-type': 'application/cloudevents-batch+json',
    },
    body: JSON.stringify(STORY),
  });
  const { items = [] } = (await response.json()) as { items?: readonly { status: number }[] };
  if (response.ok && items.every(({ status }) => status < 300)) return;
  throw new CodedError(
    'demo_refused',
    `The demo programme was refused with status ${response.status}.`,
    { items },
  );
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
