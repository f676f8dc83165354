import { startTypicalServer } from './peers/typical-server';

/** The peer as a process of its own, so that both servers are loaded from outside. */
startTypicalServer(process.env['DATABASE_URL'] ?? '').then(
  ({ url, close }) => {
    process.once('SIGTERM', () => void close().then(() => process.exit(0)));
    console.log(`ready at ${url}`);
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
