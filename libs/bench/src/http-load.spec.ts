import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { underHttpLoad } from './http-load';

let server: Server;
let answers: number;
const bodies = new Set<string>();

beforeEach(async () => {
  answers = 0;
  bodies.clear();
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      bodies.add(body);
      answers += 1;
      response.statusCode = request.headers['x-status'] === 'bad' ? 422 : 202;
      response.setHeader('content-length', 5);
      // In two parts, as an answer may arrive.
      response.write('sto');
      setImmediate(() => response.end('ed'));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const load = (headers: Readonly<Record<string, string>> = {}) => {
  let next = 0;
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}/v1/events`;
  return underHttpLoad({ url, headers, connections: 8, forMs: 50, body: () => `fact ${next++}` });
};

describe('loading a server over HTTP', () => {
  it('counts what was answered, and sends every body once', async () => {
    const { count, latenciesMs } = await load();
    expect(count).toBeGreaterThanOrEqual(8);
    expect(count).toBe(answers);
    expect(bodies.size).toBe(count);
    expect(latenciesMs).toHaveLength(count);
  });

  it('takes no refusal for an answer', async () => {
    await expect(load({ 'x-status': 'bad' })).rejects.toThrow('Refused: HTTP/1.1 422');
  });
});
