import { CodedError, type Instant, hasCode, instant, instantOfMs } from '@tributary/kernel';
import { tick as tellTime } from '@tributary/standalone';

import { type Command, EXIT, parseOptions } from './command';

export const tick: Command = {
  name: 'tick',
  summary:
    'tell the services what time it is: hand on, release, evaluate, draft and age what has become due',
  help: `Usage: tributary tick --key <key> [--server <url>] [--as-of <instant>] [--json]

Time is a command here, so that whoever replays the log sees the same hours pass. This sends it: facts that lay ahead when they came
are handed on once their time has come, holds that have ended are released, tiers evaluated, the monthly payout runs drafted whose day has come, and what a bank owes an answer for becomes a break. Sent twice
it changes nothing more; let cron, or a CronJob, send it every hour. npm start does so by itself for its own tenant.

  --key <key>          of an admin; it says whose time it is. Otherwise TRIBUTARY_KEY.
  --server <url>       where all services answer; otherwise http://127.0.0.1:4000
  --attribution <url>, --commission <url>, --payouts <url>, --tiers <url>   where one of them answers by itself
  --as-of <instant>    no later than now; otherwise now
  --json               the answers instead of lines

Exit codes: 0 sent, 2 wrong options, 3 a service refused it or did not answer.`,
  async run(args, { variables, out }) {
    const options = parseOptions('tick', args, {
      key: { type: 'string' },
      server: { type: 'string', default: 'http://127.0.0.1:4000' },
      attribution: { type: 'string' },
      commission: { type: 'string' },
      payouts: { type: 'string' },
      tiers: { type: 'string' },
      'as-of': { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    const { server, attribution = server, commission = server } = options;
    const { payouts = server, tiers = server } = options;
    const key = options.key ?? variables['TRIBUTARY_KEY'];
    if (!key) throw unusable('--key takes a key of an admin.');
    const asOf = momentOf(options['as-of']);
    const addresses = { attribution, commission, payouts, tiers };
    const answers = await tellTime({ addresses, key, asOf });
    if (options.json) out(JSON.stringify(answers, null, 2));
    else
      for (const [name, answer] of Object.entries(answers))
        out(`${name}  ${JSON.stringify(answer)}`);
    return EXIT.fine;
  },
};

function momentOf(given: string | undefined): Instant {
  if (given === undefined) return instantOfMs(Date.now());
  try {
    return instant(given);
  } catch (error) {
    if (!hasCode(error, 'invalid_instant')) throw error;
    throw unusable('--as-of takes a moment with its offset, such as 2026-04-01T00:00:00-03:00.');
  }
}

const unusable = (message: string): CodedError =>
  new CodedError('invalid_option', `${message}\nTry: tributary tick --help`);
