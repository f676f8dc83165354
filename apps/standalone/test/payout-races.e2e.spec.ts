import { seededRandom } from '@tributary/feeds';
import { PatientClient } from './patient-client.fixture';
import { NOBODY, PayoutCircle } from './payout-circle.fixture';
import { expectEverythingPaidOnce, expectInOrder } from './payout-verdict.fixture';
import { type Deployed, embedded } from './profiles.fixture';
import { seedOf } from './survival.fixture';

jest.setTimeout(240_000);

describe('answers of the bank and its statement, in whichever order they come', () => {
  let deployed: Deployed;
  let client: PatientClient;
  let circle: PayoutCircle;

  beforeAll(async () => {
    deployed = await embedded.deploy();
    const { payouts: site } = deployed;
    client = new PatientClient({ site: () => Promise.resolve(site) }, site.keys);
    circle = new PayoutCircle(client, seededRandom(seedOf()));
    await circle.begin();
  });
  afterAll(() => deployed.stop());

  for (const arrival of ['returns first', 'statement first', 'at once'] as const)
    it(`come to the same books: ${arrival}`, () => circle.turn(NOBODY, arrival));

  it('have paid everything once, and left nothing to look after', async () => {
    await expectEverythingPaidOnce(deployed.payouts.log(), circle);
    await expectInOrder(client);
  });
});
