import type { Rail } from '../rail';
import { faultsOf } from './faults';
import type { BankProfile } from './profile';
import { readBack } from './read-back';
import { readReturn } from './read-return';
import { writeFile } from './write';

export const cnab240 = (profile: BankProfile): Rail => ({
  name: profile.name,
  mediaType: 'text/plain; charset=us-ascii',
  extension: 'rem',
  asset: 'BRL/2',
  fileKindOf: (method) => (profile.pixInOwnFile ? method : 'payments'),
  faultsOf: (item, from) => faultsOf(profile, item, from),
  write: (file) => writeFile(profile, file),
  readBack: (bytes, asked) => readBack(bytes, asked, profile.bank),
  readReturn: (bytes) => readReturn(profile, bytes),
});
