// Verifying a site that a server hands out, with one fault of each sort in between.
import assert from 'node:assert/strict';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { call, temporary } from './support/program.mjs';

/// A host that reads `_headers` and `_redirects` as hosts do, and can be told to go wrong.
class Host {
  /// Called with each path and the answer that would be given; may change it or give another one.
  change = (pathname, answer) => answer;
  mistakes = [];

  static async start(folder, base = '/') {
    const host = new Host();
    host.folder = folder;
    host.base = base;
    host.rules = rules(await readFile(path.join(folder, '_headers'), 'utf8'));
    const lines = (await readFile(path.join(folder, '_redirects'), 'utf8')).trim().split('\n');
    host.redirects = new Map(lines.map((line) => line.split(' ').slice(0, 2)));
    host.server = http.createServer(async (request, response) => {
      // Whatever goes wrong here, whoever asks gets an answer, and does not wait for one.
      try {
        const { pathname } = new URL(request.url, 'http://inside');
        const answer = await host.change(pathname, await host.#answer(pathname));
        if (answer === 'drop') return void response.destroy();
        response.writeHead(answer.status, answer.headers).end(answer.body);
      } catch (error) {
        host.mistakes.push(error);
        response.destroy();
      }
    });
    // A server that a failed test left open must not hold up the end of the others.
    host.server.unref();
    await new Promise((resolve) => host.server.listen(0, '127.0.0.1', resolve));
    host.url = `http://127.0.0.1:${host.server.address().port}${base}`;
    return host;
  }

  async #answer(pathname) {
    const headers = {};
    for (const { matches, name, value } of this.rules) if (matches.test(pathname)) headers[name] = value;
    const to = this.redirects.get(pathname);
    if (to) return { status: 301, headers: { ...headers, location: to }, body: '' };
    const address = decodeURIComponent(pathname.slice(this.base.length)).replace(/(^|\/)$/, '$1index.html');
    const file = path.join(this.folder, address);
    const found = (await stat(file).catch(() => undefined))?.isFile();
    const body = await readFile(found ? file : path.join(this.folder, '404.html'));
    return { status: found ? 200 : 404, headers: { 'content-type': type(found ? address : '404.html'), ...headers }, body };
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', mjs: 'text/javascript', json: 'application/json', jsonld: 'application/ld+json', svg: 'image/svg+xml', xml: 'text/xml', txt: 'text/plain', csv: 'text/csv', ics: 'text/calendar', ttl: 'text/turtle', bib: 'application/x-bibtex', ris: 'application/x-research-info-systems', conf: 'text/plain', htaccess: 'text/plain', bin: 'application/octet-stream' };
const type = (address) => TYPES[address.split('/').pop().split('.').slice(1).pop() ?? 'txt'] ?? 'application/octet-stream';

function rules(text) {
  const found = [];
  let matches;
  for (const line of text.split('\n').filter(Boolean)) {
    if (!line.startsWith(' ')) matches = new RegExp(`^${line.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
    else found.push({ matches, name: line.trim().split(': ')[0].toLowerCase(), value: line.trim().split(': ').slice(1).join(': ') });
  }
  return found;
}

let site;
let host;
before(async () => {
  site = path.join(await temporary(), 'agenda');
  assert.equal((await call('/', ['init', site])).code, 0);
  const question = path.join(site, 'content/vragen/v-0001-een-eerste-vraag.md');
  await writeFile(question, (await readFile(question, 'utf8')).replace('kern:', 'aliassen: [/oude/vraag.php, /oude/map/]\nkern:'));
  const built = await call(site, ['build', '--date', '2026-11-23']);
  assert.equal(built.code, 0, built.err);
  host = await Host.start(path.join(site, 'public'));
});
after(() => host?.stop());
after(() => assert.deepEqual(host?.mistakes, []));

// A change that a failed test left behind is not the next one's.
afterEach(() => (host.change = (pathname, answer) => answer));

const verify = (url = host.url, args = []) => call(site, ['verify', url, '--lang', 'en', ...args]);
const files = async () => (await readdir(path.join(site, 'public'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length - 1;

describe('a site on a server', { timeout: 300_000 }, () => {
  it('is let pass as it was built, with every file asked for', async () => {
    const said = await verify();
    assert.equal(said.code, 0, said.err);
    assert.match(said.out, new RegExp(`${await files()} files, \\d+ links and 2 old addresses looked at .* 0 errors, 0 warnings`));
  });

  it('may stand below a path, and be named by its first page', async () => {
    const folder = path.join(await temporary(), 'public');
    const built = await call(site, ['build', '--base-url', 'http://www.example.org/een/agenda/', '--output', folder]);
    assert.equal(built.code, 0, built.err);
    const below = await Host.start(folder, '/een/agenda/');
    try {
      for (const url of [below.url, below.url.slice(0, -1), `${below.url}index.html`]) {
        const said = await verify(url);
        assert.equal(said.code, 0, said.err);
        assert.match(said.out, /2 old addresses/);
      }
    } finally {
      await below.stop();
    }
  });

  it('may be served without endings, and keep what hosts read to itself', async () => {
    host.change = (pathname, answer) => {
      if (pathname === '/_headers' || pathname === '/_redirects') return { status: 404, headers: { 'content-type': 'text/html' }, body: '' };
      if (/\/index\.html$/.test(pathname)) return { status: 308, headers: { location: pathname.slice(0, -10) }, body: '' };
      return answer;
    };
    const said = await verify();
    assert.equal(said.code, 0, said.err);
  });

  const at = (wanted, answer) => (pathname, usual) => (pathname === wanted ? answer(usual) : usual);
  const without = (name, wanted = /./) => (pathname, usual) => {
    const headers = { ...usual.headers };
    if (wanted.test(pathname)) delete headers[name];
    return { ...usual, headers };
  };
  const faults = [
    ['verify-missing', /"vragen\/v-0001\.html" is not there/, at('/vragen/v-0001.html', (usual) => ({ ...usual, status: 404 }))],
    ['verify-status', /answers with 403/, at('/vragen/v-0001.html', (usual) => ({ ...usual, status: 403 }))],
    ['verify-status', /answers with 500/, at('/robots.txt', (usual) => ({ ...usual, status: 500 }))],
    ['verify-changed', /"index\.html" is not what the build made/, at('/index.html', (usual) => ({ ...usual, body: `${usual.body}<!-- proxy -->` }))],
    ['verify-type', /comes as "text\/plain"/, (pathname, usual) => (pathname.endsWith('.css') ? { ...usual, headers: { ...usual.headers, 'content-type': 'text/plain' } } : usual)],
    ['verify-header', /comes with "-" as Content-Security-Policy, .*\(\d{3,} files\)/, without('content-security-policy')],
    ['verify-header', /comes with "-" as X-Content-Type-Options, .*\(1 files\)/, without('x-content-type-options', /robots/)],
    ['verify-redirect', /"\/oude\/vraag\.php" does not lead to "\/vragen\/v-0001\.html"/, at('/oude/vraag.php', (usual) => ({ ...usual, headers: { ...usual.headers, location: '/index.html' } }))],
    ['verify-redirect', /"\/oude\/map\/" does not lead/, at('/oude/map/', (usual) => ({ ...usual, status: 404 }))],
    ['verify-redirect', /"\/oude\/map\/" does not lead/, at('/oude/map/', (usual) => ({ ...usual, headers: { ...usual.headers, location: '/oude/map/' } }))],
    ['verify-not-found', /answers with 200/, (pathname, usual) => ({ ...usual, status: usual.status === 404 ? 200 : usual.status })],
    ['verify-unreachable', /does not answer \(at "robots\.txt"\)/, at('/robots.txt', () => 'drop')],
  ];
  for (const [code, words, change] of faults) {
    it(`has ${code} told: ${words.source}`, async () => {
      host.change = change;
      const said = await verify();
      assert.equal(said.code, 1, said.err);
      assert.match(said.err, new RegExp(`error\\[${code}\\]`));
      assert.match(said.err, words);
      assert.doesNotMatch(said.err, /\{[a-z]+\}/);
    });
  }

  it('may keep files longer or shorter, and give other types for what is downloaded, with a warning', async () => {
    host.change = (pathname, usual) => {
      const headers = { ...usual.headers };
      if (pathname.startsWith('/assets/')) headers['cache-control'] = 'no-store';
      if (pathname.endsWith('.csv')) headers['content-type'] = 'application/octet-stream';
      return { ...usual, headers };
    };
    const said = await verify();
    assert.equal(said.code, 0, said.err);
    assert.match(said.err, /warning\[verify-header\].*"no-store" as Cache-Control/);
    assert.match(said.err, /warning\[verify-type\]/);
  });

  it('is asked again where it had no time', async () => {
    const refused = new Set();
    host.change = (pathname, usual) => (refused.has(pathname) || refused.size > 5 ? usual : (refused.add(pathname), { ...usual, status: 503 }));
    const said = await verify();
    assert.equal(said.code, 0, said.err);
    assert.equal(refused.size, 6);
  });

  it('is not there where there is no list of ours', async () => {
    for (const body of ['{}', '{"generator": "another 1.0", "files": {}}', '<!doctype html>']) {
      host.change = at('/build.json', (usual) => ({ ...usual, body }));
      const said = await verify();
      assert.equal(said.code, 2, said.err);
      assert.match(said.err, /verify-no-site/);
    }
    const said = await verify('http://127.0.0.1:1/');
    assert.equal(said.code, 1);
    assert.match(said.err, /verify-unreachable.*refused/s);
  });

  it('is told to programs as JSON', async () => {
    host.change = at('/index.html', (usual) => ({ ...usual, body: 'x' }));
    const said = await verify(host.url, ['--format', 'json']);
    assert.ok(JSON.parse(said.out).some((problem) => problem.code === 'verify-changed'), said.out);
  });
});
