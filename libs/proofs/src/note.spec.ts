import {
  COSIGNATURE,
  checkpointText,
  consistencyProof,
  formatAddCheckpoint,
  formatNote,
  formatProof,
  inclusionProof,
  leafHashOf,
  openCheckpoint,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  rootOf,
  signNote,
  signerOf,
  verifierKeyOf,
  verifierOf,
  verifyProof,
  witnessAnswer,
} from './index';
import { nodesInMemory } from './tree.fixture';

const log = signerOf('log.example', Buffer.alloc(32, 1));
const other = signerOf('log.example', Buffer.alloc(32, 3));
const witness = signerOf('witness.example', Buffer.alloc(32, 2), COSIGNATURE);
const key = verifierOf(verifierKeyOf(log));
const { node } = nodesInMemory(Array.from({ length: 20 }, (_, i) => Buffer.from(String(i))));

const signed = async (size: number, signer = log): Promise<string> => {
  const root = await rootOf(size, node);
  return formatNote(signNote(checkpointText({ origin: 'log.example', size, root }), signer));
};
const refusing = (rule: string) =>
  expect.objectContaining({
    code: 'note_refused',
    facts: expect.objectContaining({ rule }) as object,
  }) as Error;

describe('reading a signed note', () => {
  it('splits at the last blank line', () => {
    const note = formatNote(signNote('a\n\nb\n', log));
    expect(parseNote(note).text).toBe('a\n\nb\n');
  });

  it.each([
    ['no signatures', 'text\n'],
    ['an empty signature block', 'text\n\n\n'],
    ['a signature without a name', 'text\n\n— AAAA\n'],
    ['a signature that is no base64', 'text\n\n— name !!!!\n'],
    ['a control character', 'te\u0001xt\n\n— name AAAAAAAA\n'],
  ])('refuses %s', (_, note) => {
    expect(() => parseNote(note)).toThrow(expect.objectContaining({ code: 'note_refused' }));
  });

  it('refuses a key whose id is not its own', () => {
    const [name, , bytes] = verifierKeyOf(log).split('+');
    expect(() => verifierOf(`${name}+00000000+${bytes}`)).toThrow(
      refusing('its id is not that of its key'),
    );
  });
});

describe('opening a checkpoint', () => {
  it('needs the signature of the log itself', async () => {
    expect(openCheckpoint(await signed(7), key).size).toBe(7);
    const forged = await signed(7, other);
    expect(() => openCheckpoint(forged, key)).toThrow(refusing('log.example has not signed it'));
  });

  it('refuses a text that was changed after it was signed', async () => {
    const changed = (await signed(7)).replace('\n7\n', '\n8\n');
    expect(() => openCheckpoint(changed, key)).toThrow(
      refusing('that of log.example does not fit the text'),
    );
  });

  it.each([
    'log\n07\nAAAA\n',
    'log\n7\nAAAA\n',
    'log\n7\n',
    'log\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nmore\n',
  ])('refuses %j', (text) => {
    expect(() => parseCheckpoint(text)).toThrow(expect.objectContaining({ code: 'note_refused' }));
  });
});

describe('a proof in a file', () => {
  it('needs nothing but the key of the log', async () => {
    const path = await inclusionProof(5, 7, node);
    const file = formatProof({ index: 5, path, checkpoint: await signed(7) });
    expect(verifyProof(file, leafHashOf(Buffer.from('5')), key)).toEqual({ size: 7 });
    expect(() => verifyProof(file, leafHashOf(Buffer.from('4')), key)).toThrow(
      refusing('it does not lead from the entry to the root'),
    );
    const moved = file.replace('index 5', 'index 4');
    expect(() => verifyProof(moved, leafHashOf(Buffer.from('5')), key)).toThrow();
  });
});

describe('witnessing a log', () => {
  const at = { signer: witness, atSeconds: 1_700_000_000 };
  const asked = async (old: number, size: number, signer = log) =>
    parseAddCheckpoint(
      formatAddCheckpoint({
        old,
        proof: old === 0 ? [] : await consistencyProof(old, size, node),
        checkpoint: await signed(size, signer),
      }),
    );
  const seen = async (size: number) => ({ size, root: await rootOf(size, node) });

  it('signs the first checkpoint, and one that begins with what was seen', async () => {
    const first = witnessAnswer(await asked(0, 7), { log: key, seen: undefined, ...at });
    expect(first).toMatchObject({ status: 200, seen: { size: 7 } });
    const next = witnessAnswer(await asked(7, 20), { log: key, seen: await seen(7), ...at });
    expect(next).toMatchObject({ status: 200, seen: { size: 20 } });
  });

  it('goes on with a log that was empty when it was first seen', async () => {
    const empty = witnessAnswer(await asked(0, 0), { log: key, seen: undefined, ...at });
    expect(empty).toMatchObject({ status: 200, seen: { size: 0 } });
    const next = witnessAnswer(await asked(0, 7), { log: key, seen: await seen(0), ...at });
    expect(next).toMatchObject({ status: 200, seen: { size: 7 } });
  });

  it.each([
    ['tells a log where it stands', 409, 3, 20, 7],
    ['refuses a log that has become smaller', 400, 20, 7, 20],
  ])('%s', async (_, status, old, size, last) => {
    const request = { ...(await asked(0, size)), old };
    const answer = witnessAnswer(request, { log: key, seen: await seen(last), ...at });
    expect(answer.status).toBe(status);
    if (status === 409) expect(answer.body).toBe('7\n');
  });

  it('refuses another history: one that is longer by its proof, one that is as long as a conflict', async () => {
    const lie = { size: 7, root: await rootOf(6, node) };
    const longer = witnessAnswer(await asked(7, 20), { log: key, seen: lie, ...at });
    expect(longer.status).toBe(422);
    for (const old of [0, 7]) {
      const request = { ...(await asked(0, 7)), old };
      const asLong = witnessAnswer(request, { log: key, seen: lie, ...at });
      expect(asLong).toEqual({ status: 409, body: '7\n' });
    }
  });

  it('refuses another key, and a log that it does not know', async () => {
    const forged = await asked(0, 7, other);
    expect(witnessAnswer(forged, { log: key, seen: undefined, ...at }).status).toBe(403);
    expect(witnessAnswer(forged, { log: undefined, seen: undefined, ...at }).status).toBe(404);
  });
});
