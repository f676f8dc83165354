import { contentOfMarch } from '../domain/statement/statement.fixture';
import { documentsOf } from './render';

/** A program of its own: what another process, in another zone and language, makes of the same statement. */
void documentsOf(contentOfMarch()).then((documents) => {
  process.stdout.write(JSON.stringify({ zone: new Date(0).getTimezoneOffset(), documents }));
});
