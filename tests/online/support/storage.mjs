// An S3 server (s3rver), and a gate before it that checks every signature by somebody else's code (aws4) and can be told to misbehave.
import { createHash, timingSafeEqual } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import aws4 from 'aws4';
import S3rver from 's3rver';

const KEY = { accessKeyId: 'AGENDA', secretAccessKey: 'geheim' };

/// What a site deployed here needs in its environment.
export const environment = (port, change = {}) => ({
  AWS_ACCESS_KEY_ID: KEY.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
  AWS_REGION: 'eu-west-1',
  AWS_ENDPOINT: `http://127.0.0.1:${port}`,
  AWS_ALLOW_HTTP: 'true',
  ...change,
});

export class Storage {
  /// Called with every request before it is passed on; may answer with a fault, see `#answer`.
  before = async () => undefined;
  /// Called after a request was done, before its answer is sent.
  after = async () => undefined;
  /// Every request: method, key and answer.
  log = [];
  #busy = new Set();

  static async start() {
    const storage = new Storage();
    storage.folder = await mkdtemp(path.join(tmpdir(), 'via-s3-'));
    storage.server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: storage.folder, configureBuckets: [{ name: 'agenda' }] });
    storage.inner = (await storage.server.run()).port;
    storage.gate = http.createServer((request, response) => {
      const work = storage.#answer(request, response).catch(() => response.destroy());
      storage.#busy.add(work);
      work.finally(() => storage.#busy.delete(work));
    });
    await new Promise((resolve) => storage.gate.listen(0, '127.0.0.1', resolve));
    storage.port = storage.gate.address().port;
    return storage;
  }

  async stop() {
    this.gate.closeAllConnections();
    await new Promise((resolve) => this.gate.close(resolve));
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  behave() {
    this.before = async () => undefined;
    this.after = async () => undefined;
    this.log = [];
  }

  /// Waits until nothing is on its way any more.
  async quiet() {
    while (this.#busy.size > 0) await Promise.allSettled([...this.#busy]);
  }

  async #answer(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url, 'http://inside');
    const key = decodeURIComponent(url.pathname).replace(/^\/agenda\/?/, '');
    const what = { method: request.method, key, url, body, writes: request.method === 'PUT' || request.method === 'DELETE' || url.searchParams.has('delete') };
    const fault = await this.before(what);
    this.log.push({ ...what, fault, signed: signatureIsRight(request, body) });
    if (fault === 'drop') return void response.destroy();
    if (fault === 'hang') return void setTimeout(() => response.destroy(), 4000).unref();
    if (typeof fault === 'number') return void response.writeHead(fault, { 'content-type': 'application/xml' }).end(error('SlowDown', 'Please reduce your request rate.'));
    if (!signatureIsRight(request, body)) {
      return void response.writeHead(403, { 'content-type': 'application/xml' }).end(error('SignatureDoesNotMatch', 'The request signature does not match.'));
    }
    const answer = await this.#pass(request, body);
    await this.after(what);
    response.writeHead(answer.status, answer.headers);
    if (fault === 'slow') {
      const half = Math.floor(answer.body.length / 2);
      response.write(answer.body.subarray(0, half));
      await new Promise((resolve) => setTimeout(resolve, 150));
      response.end(answer.body.subarray(half));
    } else if (fault === 'cut') {
      response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)));
      response.destroy();
    } else {
      response.end(answer.body);
    }
  }

  // The server behind need not check again, and could not: it knows the older signatures only.
  #pass(request, body) {
    const { authorization, ...headers } = request.headers;
    return new Promise((resolve, reject) => {
      const inner = http.request({ port: this.inner, host: '127.0.0.1', method: request.method, path: request.url, headers }, async (answer) => {
        const chunks = [];
        for await (const chunk of answer) chunks.push(chunk);
        const { 'transfer-encoding': _, connection: __, ...kept } = answer.headers;
        resolve({ status: answer.statusCode, headers: kept, body: Buffer.concat(chunks) });
      });
      inner.on('error', reject);
      inner.end(body);
    });
  }

  /// What readers find below a prefix: type, time to keep and bytes by address.
  async objects(prefix) {
    const found = new Map();
    let next = '';
    do {
      const list = await (await fetch(`http://127.0.0.1:${this.inner}/agenda?list-type=2&prefix=${prefix}/${next}`)).text();
      for (const [, key] of list.matchAll(/<Key>([^<]*)<\/Key>/g)) {
        const answer = await fetch(`http://127.0.0.1:${this.inner}/agenda/${encodeURI(key)}`);
        if (!answer.ok) continue;
        const kept = { type: answer.headers.get('content-type'), kept: answer.headers.get('cache-control') };
        found.set(key.slice(prefix.length + 1), { ...kept, text: await answer.text() });
      }
      const token = /<NextContinuationToken>([^<]*)</.exec(list)?.[1];
      next = token ? `&continuation-token=${encodeURIComponent(token)}` : '';
    } while (next);
    return found;
  }

  /// Puts an object as somebody else would.
  async put(key, body) {
    const answer = await fetch(`http://127.0.0.1:${this.inner}/agenda/${key}`, { method: 'PUT', body });
    if (!answer.ok) throw new Error(await answer.text());
  }
}

const error = (code, message) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;

/// Signs the same request anew and compares; also whether the body is the one that was signed.
function signatureIsRight(request, body) {
  const given = /Credential=([^/]+)\/\d+\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)/.exec(request.headers.authorization ?? '');
  if (!given || given[1] !== KEY.accessKeyId) return false;
  const hash = request.headers['x-amz-content-sha256'];
  if (hash !== createHash('sha256').update(body).digest('hex')) return false;
  const headers = Object.fromEntries(given[3].split(';').map((name) => [name, request.headers[name] ?? '']));
  const signed = aws4.sign({ service: 's3', region: given[2], method: request.method, path: request.url, headers }, KEY);
  const [one, other] = [given[4], /Signature=([0-9a-f]+)/.exec(signed.headers.Authorization)[1]].map((text) => Buffer.from(text));
  return one.length === other.length && timingSafeEqual(one, other);
}
