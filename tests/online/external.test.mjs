// `check --external`: links to a server that plays everything that becomes of links.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { call, temporary } from './support/program.mjs';
import { says, web } from './support/web.mjs';

const SCHEMA = `
kinds:
  bron:
    folder: bronnen
    singular: {nl: bron, en: source}
    plural: {nl: bronnen, en: sources}
    fields:
      titel: {type: text, role: title, required: true, label: {nl: Titel, en: Title}}
      jaar: {type: date, role: date, label: {nl: Jaar, en: Year}}
      url: {type: url, role: source_url, label: {nl: Adres, en: Address}}
      archief: {type: url, role: source_archive, label: {nl: Archief, en: Archive}}
      geheim: {type: url, private: true, label: {nl: Geheim, en: Secret}}
      notitie: {type: markdown, label: {nl: Notitie, en: Note}}
      concept: {type: boolean, role: draft, label: {nl: Concept, en: Draft}}
`;

/// A site of one source with these fields and this text, or of these files.
async function site(fields, text = '', files = {}) {
  const folder = await temporary();
  const all = {
    'site.yaml': 'title: {nl: Bronnen, en: Sources}\nbase_url: https://bronnen.example/\nlanguages: [nl, en]\n',
    'schema.yaml': SCHEMA,
    'content/bronnen/een.md': `---\ntitel: Een\n${fields}---\n\n${text}\n`,
    ...files,
  };
  for (const [name, bytes] of Object.entries(all)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), bytes);
  }
  return folder;
}

const ARGUMENTS = ['check', '--external', '--timeout', '2', '--lang', 'en'];
const TODAY = ['--date', '2026-11-23'];

async function check(folder, args = ['--allow-private'], env = {}, pause = '20') {
  const today = args.includes('--date') ? [] : TODAY;
  const ended = await call(folder, [...ARGUMENTS, ...today, '--pause', pause, '--format', 'json', ...args], env);
  assert.ok([0, 1].includes(ended.code), ended.err);
  const told = JSON.parse(ended.out);
  return { code: ended.code, told: told.filter((one) => one.code.startsWith('external-')), all: told };
}

/// What is told of the only link of a site.
async function toldOf(address, args, env) {
  const { told, code } = await check(await site('', `Zie [daar](${address}).`), args, env);
  assert.ok(told.length <= 1, JSON.stringify(told));
  return { code, ...(told[0] && { ...told[0], exit: code }), told: told[0]?.code };
}

const PLAY = {
  fine: says(200, {}, 'here'),
  'no-head': (request, response) => says(request.method === 'HEAD' ? 405 : 206, {}, '')(request, response),
  'head-lies': (request, response) => says(request.method === 'HEAD' ? 404 : 200)(request, response),
  gone: says(410),
  moved: says(301, { location: '/fine' }),
  'moved-for-now': says(302, { location: '/fine' }),
  'moved-then-for-now': says(308, { location: '/moved-for-now' }),
  'moved-to-nothing': says(301, { location: '/missing' }),
  'moved-to-mail': says(302, { location: 'mailto:a@b.nl' }),
  loop: says(302, { location: '/loop' }),
  refused: says(403),
  broken: says(500),
  away: says(503),
  slow: () => {},
  reset: (request) => request.socket.destroy(),
  endless: (request, response) => {
    if (request.method === 'HEAD') return says(405)(request, response);
    response.writeHead(200);
    const more = () => response.destroyed || response.write('x'.repeat(65536), () => setImmediate(more));
    more();
  },
};

let server;
before(async () => (server = await web(PLAY)));
after(() => server.stop());

describe('an address outside the site', { timeout: 120_000 }, () => {
  it('is asked for with HEAD, and nothing is said of one that is there', async () => {
    assert.equal((await toldOf(server.at('fine?1'))).told, undefined);
    assert.deepEqual(server.of('fine?1'), ['HEAD']);
    const [{ headers }] = server.asked.filter((one) => one.url === '/fine?1');
    assert.match(headers['user-agent'], /^via-site\/\S+ \(\+https:\/\/bronnen\.example\/; checks links\)$/);
    assert.equal(headers.referer, undefined);
    assert.equal(headers.cookie, undefined);
  });

  it('is asked for its first byte where HEAD is refused or lies', async () => {
    for (const page of ['no-head', 'head-lies']) {
      assert.equal((await toldOf(server.at(page))).told, undefined, page);
      assert.deepEqual(server.of(page), ['HEAD', 'GET']);
      assert.equal(server.asked.filter((one) => one.url === `/${page}`)[1].headers.range, 'bytes=0-0');
    }
  });

  it('is an error with its place and where a copy may be, once it is gone', async () => {
    for (const [page, status] of [['missing', '404'], ['gone', '410']]) {
      const found = await toldOf(server.at(page));
      assert.equal(found.told, 'external-gone');
      assert.equal(found.severity, 'error');
      assert.equal(found.code, 'external-gone');
      assert.equal(found.exit, 1);
      assert.match(found.message, new RegExp(status));
      assert.ok(found.help.includes(`https://web.archive.org/web/20261123/${server.at(page)}`), found.help);
      assert.deepEqual([found.file, found.line, found.column], ['content/bronnen/een.md', 5, 12]);
    }
  });

  it('is sought in the archive on the day of the source, unless the page itself names a copy', async () => {
    const dated = await check(await site(`jaar: 2019-05\nurl: ${server.at('gone?dated')}\n`));
    assert.ok(dated.told[0].help.includes(`/web/20190531/${server.at('gone?dated')}`), dated.told[0].help);
    assert.deepEqual([dated.told[0].line, dated.told[0].column], [4, 6]);
    const kept = await check(await site(`url: ${server.at('gone?kept')}\narchief: ${server.at('fine?copy')}\n`));
    assert.deepEqual(kept.told.map((one) => one.code), ['external-gone-kept']);
    assert.ok(kept.told[0].help.includes(server.at('fine?copy')), kept.told[0].help);
    assert.deepEqual(server.of('fine?copy'), ['HEAD'], 'the copy is asked for as well');
  });

  it('is told with its new address if it has moved for good, and only then', async () => {
    const moved = await toldOf(`${server.at('moved')}#kop`);
    assert.equal(moved.told, 'external-moved');
    assert.equal(moved.severity, 'warning');
    assert.equal(moved.exit, 0);
    assert.equal(moved.replacement, `${server.at('fine')}#kop`);
    assert.equal((await toldOf(server.at('moved-for-now'))).told, undefined);
    assert.equal((await toldOf(server.at('moved-then-for-now'))).replacement, server.at('moved-for-now'), 'no further than what is for good');
    assert.equal((await toldOf(server.at('moved-to-nothing'))).told, 'external-gone');
    assert.equal((await toldOf(server.at('moved-to-mail'))).told, 'external-refused');
    assert.equal((await toldOf(server.at('loop'))).told, 'external-loop');
  });

  it('is a warning where the server refuses programs, or cannot answer now', async () => {
    for (const [page, code] of [['refused', 'external-refused'], ['broken', 'external-later'], ['away', 'external-later'], ['slow', 'external-timeout'], ['reset', 'external-unreachable']]) {
      const found = await toldOf(server.at(page));
      assert.deepEqual([found.told, found.severity, found.exit], [code, 'warning', 0], page);
    }
    assert.deepEqual(server.of('refused'), ['HEAD', 'GET']);
    assert.deepEqual(server.of('broken'), ['HEAD', 'GET', 'GET', 'GET'], 'three tries, for it may be over in a moment');
    assert.deepEqual(server.of('reset'), ['HEAD', 'GET', 'GET'], 'some servers break off where they do not know HEAD');
  });

  it('is not read, however much it has to say', async () => {
    assert.equal((await toldOf(server.at('endless'))).told, undefined);
  });

  it('that cannot be one, or whose server does not exist, is an error', async () => {
    assert.equal((await toldOf('http://[1::2::3]/')).told, 'external-no-address');
    const found = await toldOf('http://bestaat-niet.invalid/a');
    assert.deepEqual([found.told, found.exit], ['external-no-host', 1]);
    const kept = await check(await site('url: http://bestaat-niet.invalid/b\narchief: http://127.0.0.1:1/\n'));
    assert.ok(kept.told.some((one) => one.code === 'external-no-host-kept') || kept.told.some((one) => one.code === 'external-offline'));
  });

  it('whose copy is known is told so, if its server does not exist', async () => {
    const found = await check(await site(`url: http://bestaat-niet.invalid/b\narchief: ${server.at('fine?kept')}\n`));
    assert.deepEqual(found.told.map((one) => one.code), ['external-no-host-kept']);
  });

  it('is not trusted with the certificate of somebody else', async () => {
    const folder = await temporary();
    const make = (name, extension) => {
      execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
        '-addext', `subjectAltName=${extension}`, '-addext', 'basicConstraints=critical,CA:FALSE', '-keyout', `${name}.key`, '-out', `${name}.pem`], { cwd: folder, stdio: 'ignore' });
      return path.join(folder, name);
    };
    for (const [name, extension, expected] of [['own', 'IP:127.0.0.1', undefined], ['other', 'DNS:elders.example', 'external-certificate']]) {
      const certificate = make(name, extension);
      const tls = { key: await readFile(`${certificate}.key`), cert: await readFile(`${certificate}.pem`) };
      const secure = await web(PLAY, tls);
      const found = await toldOf(secure.at('fine'), ['--allow-private'], { SSL_CERT_FILE: `${certificate}.pem` });
      await secure.stop();
      assert.equal(found.told, expected, name);
    }
  });
});

describe('a server', { timeout: 120_000 }, () => {
  it('is asked one thing at a time, with a pause in between', async () => {
    let open = 0;
    let most = 0;
    const busy = (_, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open -= 1;
        response.writeHead(200).end();
      }, 10);
    };
    const own = await web({ busy });
    const links = Array.from({ length: 8 }, (_, number) => `[x](${own.at(`busy?${number}`)})`).join(' ');
    assert.deepEqual((await check(await site('', links), ['--allow-private'], {}, '40')).told, []);
    await own.stop();
    assert.equal(own.asked.length, 8);
    assert.equal(most, 1);
    for (let next = 1; next < 8; next += 1) assert.ok(own.asked[next].at - own.asked[next - 1].at >= 39, 'never sooner than the pause');
  });

  it('that asks to wait is waited for, and left alone if that takes too long', async () => {
    let times = 0;
    const own = await web({ soon: (request, response) => says(++times === 1 ? 429 : 200, { 'retry-after': '1' })(request, response) });
    assert.deepEqual((await check(await site('', `[x](${own.at('soon')})`))).told, []);
    assert.deepEqual(own.of('soon'), ['HEAD', 'HEAD']);
    assert.ok(own.asked[1].at - own.asked[0].at >= 999);
    await own.stop();

    const shut = await web({ a: says(429, { 'retry-after': '3600' }), b: says(200) });
    const { told, code } = await check(await site('', `[x](${shut.at('a')}) [y](${shut.at('b')})`));
    await shut.stop();
    assert.deepEqual(told.map((one) => one.code), ['external-later', 'external-later']);
    assert.equal(code, 0);
    assert.equal(shut.asked.length, 1, 'what else was to be asked is not');
  });
});

describe('an answer', { timeout: 120_000 }, () => {
  const after = (days) => ['--allow-private', '--date', days];

  it('counts for some days, and one that says nothing for sure does not', async () => {
    const own = await web({ ...PLAY });
    const folder = await site('', `[a](${own.at('fine')}) [b](${own.at('moved')}) [c](${own.at('gone')}) [d](${own.at('broken')})`);
    const ask = async (args) => {
      own.asked.length = 0;
      const { told } = await check(folder, args);
      return { codes: told.map((one) => one.code).sort(), asked: [...new Set(own.asked.map((one) => one.url))].sort() };
    };
    const codes = ['external-gone', 'external-later', 'external-moved'];
    // The new address of what has moved is that of what is there.
    assert.deepEqual(await ask(after('2026-11-23')), { codes, asked: ['/broken', '/fine', '/gone', '/moved'] });
    assert.deepEqual(await ask(after('2026-11-29')), { codes, asked: ['/broken', '/gone'] });
    assert.deepEqual(await ask(after('2026-11-30')), { codes, asked: ['/broken', '/fine', '/gone', '/moved'] });
    assert.deepEqual(await ask([...after('2026-11-30'), '--recheck-after', '0']), { codes, asked: ['/broken', '/fine', '/gone', '/moved'] });
    assert.deepEqual(await ask(after('2026-11-22')), { codes, asked: ['/broken', '/fine', '/gone', '/moved'] }, 'what comes later is not known yet');
    await own.stop();
  });

  it('of a dead address leads to the archive on the last day on which it lived', async () => {
    let alive = true;
    const own = await web({ page: (request, response) => says(alive ? 200 : 404)(request, response) });
    const folder = await site('', `[a](${own.at('page')})`);
    assert.deepEqual((await check(folder, after('2026-02-01'))).told, []);
    alive = false;
    const { told } = await check(folder, after('2026-11-23'));
    await own.stop();
    assert.ok(told[0].help.includes(`/web/20260201/${own.at('page')}`), told[0].help);
  });

  it('that was kept and is damaged does not count, and that is said', async () => {
    const folder = await site('', `[a](${server.at('fine?memory')})`);
    const memory = path.join(folder, '.public.via-site', 'external');
    await check(folder);
    const kept = await readFile(memory, 'utf8');
    await writeFile(memory, kept.replace('fine"', 'gone"'));
    const damaged = await check(folder);
    assert.deepEqual(damaged.told.map((one) => [one.code, one.severity]), [['external-memory', 'warning']]);
    assert.deepEqual(server.of('fine?memory'), ['HEAD', 'HEAD']);
    assert.equal(await readFile(memory, 'utf8'), kept, 'and it is whole again');
  });

  it('that cannot be kept is told all the same', async () => {
    const folder = await site('', `[a](${server.at('gone?unkept')})`, { '.public.via-site': 'in the way' });
    assert.deepEqual((await check(folder)).told.map((one) => one.code).sort(), ['external-gone', 'external-not-kept']);
  });
});

describe('nobody is asked', { timeout: 120_000 }, () => {
  it('in a private network, by whatever name or detour', async () => {
    const { port } = server;
    const before = server.asked.length;
    for (const address of [server.at('fine'), `http://localhost:${port}/fine`, `http://2130706433:${port}/fine`, `http://0x7f.1:${port}/fine`, `http://[::ffff:127.0.0.1]:${port}/fine`, 'http://169.254.169.254/latest/', 'http://10.0.0.1/', 'http://[fd00::1]/']) {
      const found = await toldOf(address, []);
      assert.deepEqual([found.told, found.severity], ['external-private', 'warning'], address);
    }
    assert.equal(server.asked.length, before);
  });

  it('that is the site itself, is private, or stands in a draft', async () => {
    const before = server.asked.length;
    const folder = await site(`geheim: ${server.at('fine?secret')}\n`, '[a](https://bronnen.example/over/) [b](https://bronnen.example)', {
      'content/bronnen/twee.md': `---\ntitel: Twee\nconcept: true\n---\n\n[a](${server.at('fine?draft')})\n`,
    });
    assert.deepEqual((await check(folder)).told, []);
    assert.equal(server.asked.length, before);
    await check(folder, ['--allow-private', '--drafts']);
    assert.deepEqual(server.asked.slice(before).map((one) => one.url), ['/fine?draft']);
  });

  it('without --external', async () => {
    const before = server.asked.length;
    const ended = await call(await site('', `[a](${server.at('gone?plain')})`), ['check', '--format', 'json']);
    assert.deepEqual([ended.code, JSON.parse(ended.out)], [0, []]);
    assert.equal(server.asked.length, before);
  });
});

describe('what is told', { timeout: 120_000 }, () => {
  it('stands at every place that leads to the address, which is asked once', async () => {
    const dead = server.at('gone?thrice');
    const text = `Zie [daar](${dead}#a), <${dead}> en [ginds][1].\n\n[1]: ${dead}#b`;
    const { told } = await check(await site(`url: ${dead}\nnotitie: 'Ook [hier](${dead}).'\n`, text));
    assert.deepEqual(told.map((one) => [one.line, one.column]), [[3, 6], [4, 10], [7, 12], [7, 18 + dead.length], [7, 23 + dead.length * 2]]);
    assert.deepEqual(server.of('gone?thrice'), ['HEAD', 'GET']);
  });

  it('is that there is no network, if nothing at all can be reached', async () => {
    const folder = await site('', '[a](http://een.invalid/) [b](http://twee.invalid/)');
    const { told, code } = await check(folder);
    assert.deepEqual([told.map((one) => one.code), code], [['external-offline'], 1]);
  });

  it('is why nothing can be asked, on a machine without certificates', async () => {
    const nowhere = path.join(await temporary(), 'nothing');
    const found = await toldOf(server.at('fine?unasked'), [], { SSL_CERT_FILE: nowhere, SSL_CERT_DIR: nowhere });
    assert.deepEqual([found.told, found.severity, found.exit], ['external-no-client', 'error', 1]);
    assert.match(found.message, /No CA certificates/);
    assert.deepEqual(server.of('fine?unasked'), []);
  });

  it('is said in Dutch too, with how many were asked', async () => {
    const folder = await site('', `[a](${server.at('gone?nl')}) [b](${server.at('fine?nl')})`);
    const ended = await call(folder, [...ARGUMENTS.slice(0, -2), '--allow-private', '--lang', 'nl']);
    assert.equal(ended.code, 1);
    assert.match(ended.out, /2 addresses outside the site: 2 asked, 0 known from before; 1 are there/);
    assert.match(ended.err, /fout\[external-gone\]: Op dit adres staat niets meer: de server antwoordt 410\./);
    assert.match(ended.err, /content\/bronnen\/een\.md:5:5/);
  });
});
