import { letObjectsDieYoung } from '@tributary/platform';

import { tributary } from './tributary';

letObjectsDieYoung();

tributary(process.argv.slice(2), {
  variables: process.env,
  out: (line) => console.log(line),
  note: (line) => console.error(line),
}).then(
  (code) => {
    // Set rather than exited with: a started program goes on, and what was printed is written out first.
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 3;
  },
);
