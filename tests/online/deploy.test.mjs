// Deploying to a real S3 server, while everything goes wrong that can.
import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Storage, environment } from './support/storage.mjs';
import { call, publish, published, start, temporary, withList } from './support/program.mjs';

const page = (style, ...links) => `<!doctype html><link rel=stylesheet href="/assets/${style}">${links.map((link) => `<a href="/${link}">x</a>`).join('')}`;

const OLD = {
  'index.html': page('style.1.css', 'a.html', 'b.html'),
  'a.html': page('style.1.css', 'index.html'),
  'b.html': page('style.1.css', 'gone.html', 'data/b.csv'),
  'gone.html': page('style.1.css', 'data/gone.csv'),
  'assets/style.1.css': 'body{}',
  'data/b.csv': 'a,b',
  'data/gone.csv': 'c,d',
  'feed.xml': '<feed/>',
  'search/nl/manifest.bin': '1',
  'search/nl/t0-1.bin': 'shard 1',
};
const NEW = {
  'index.html': page('style.2.css', 'a.html', 'b.html', 'new/one.html'),
  'a.html': page('style.2.css', 'index.html', 'new/one.html'),
  'b.html': page('style.2.css', 'data/b.csv'),
  'new/one.html': page('style.2.css', 'index.html', 'data/één map.csv'),
  'assets/style.2.css': 'body{color:red}',
  'data/b.csv': 'a,b',
  'data/één map.csv': 'new',
  'feed.xml': '<feed>2</feed>',
  'search/nl/manifest.bin': '2',
  'search/nl/t0-2.bin': 'shard 2',
};

let storage;
before(async () => (storage = await Storage.start()));
after(() => storage.stop());

let runs = 0;
/// A place of its own in the bucket.
const place = () => `run-${++runs}`;
const deploy = (folder, prefix, args = [], env = {}) =>
  call(folder, ['deploy', `s3://agenda/${prefix}`, '--timeout', '1', ...args], environment(storage.port, env));

async function expectDeployed(prefix, files, besides = []) {
  const objects = await storage.objects(prefix);
  assert.deepEqual([...objects.keys()].sort(), [...Object.keys(withList(files)), '.via-site.json', ...besides].sort());
  for (const [address, text] of Object.entries(withList(files))) assert.equal(objects.get(address).text, text, address);
}

/// What a page that is there loads or offers is there, and so is every page to which one comes from the front page.
function expectWhole(objects) {
  const links = (address) => [...objects.get(address).text.matchAll(/href="\/([^"]*)"/g)].map(([, link]) => link);
  const isPage = (address) => address.endsWith('.html');
  for (const address of [...objects.keys()].filter(isPage)) {
    for (const link of links(address).filter((link) => !isPage(link))) assert.ok(objects.has(link), `${address} names ${link}, which is not there`);
  }
  const seen = new Set(objects.has('index.html') ? ['index.html'] : []);
  for (const address of seen) {
    for (const link of links(address).filter(isPage)) {
      assert.ok(objects.has(link), `${address} leads to ${link}, which is not there`);
      seen.add(link);
    }
  }
}

async function startWith(files) {
  const prefix = place();
  storage.behave();
  const folder = await published(files);
  const first = await deploy(folder, prefix);
  assert.equal(first.code, 0, first.err);
  storage.behave();
  return { folder, prefix };
}

describe('a deployment', () => {
  it('puts every file with its type and its time to be kept, and a second one sends nothing', async () => {
    const { folder, prefix } = await startWith(NEW);
    await expectDeployed(prefix, NEW);
    const objects = await storage.objects(prefix);
    const answer = (address) => [objects.get(address).type, objects.get(address).kept];
    assert.deepEqual(answer('index.html'), ['text/html; charset=utf-8', 'no-cache']);
    assert.deepEqual(answer('assets/style.2.css'), ['text/css; charset=utf-8', 'public, max-age=31536000, immutable']);
    assert.deepEqual(answer('feed.xml'), ['application/atom+xml; charset=utf-8', 'no-cache']);
    assert.deepEqual(answer('data/b.csv'), ['text/csv; charset=utf-8', 'no-cache']);
    const again = await deploy(folder, prefix);
    assert.match(again.out, /0 sent, 11 unchanged, 0 removed/);
    assert.deepEqual(storage.log.filter((request) => request.writes), []);
    assert.ok(storage.log.every((request) => request.signed), 'every request is signed');
  });

  it('sends what changed: assets, new pages, pages, what names them, the list, and only then removes', async () => {
    const { folder, prefix } = await startWith(OLD);
    await publish(folder, NEW);
    const plan = await deploy(folder, prefix, ['--dry-run']);
    assert.equal(plan.code, 0, plan.err);
    const lines = plan.out.split('\n').slice(0, -2);
    const expected = [
      '+ assets/style.2.css', '+ data/één map.csv', '+ search/nl/t0-2.bin',
      '+ new/one.html',
      '+ a.html', '+ b.html', '+ index.html',
      '+ feed.xml', '+ search/nl/manifest.bin',
      '+ build.json',
      '- gone.html',
      '- assets/style.1.css', '- data/gone.csv', '- search/nl/t0-1.bin',
    ];
    assert.deepEqual(lines, expected);
    assert.deepEqual(storage.log.filter((request) => request.writes), [], 'the plan changes nothing');
    let looked = 0;
    let last = Promise.resolve();
    storage.after = ({ writes }) => (last = last.then(async () => writes && (expectWhole(await storage.objects(prefix)), looked++)));
    const done = await deploy(folder, prefix);
    await last;
    assert.equal(done.code, 0, done.err);
    assert.match(done.out, /10 sent, 1 unchanged, 4 removed/);
    assert.ok(looked >= 13, `readers looked ${looked} times`);
    await expectDeployed(prefix, NEW);
  });

  it('leaves alone what is not ours, and refuses a place that is full of it', async () => {
    const { folder, prefix } = await startWith(OLD);
    await storage.put(`${prefix}/thesis.pdf`, 'years of work');
    await publish(folder, NEW);
    const done = await deploy(folder, prefix);
    assert.match(done.out, /1 not ours and left alone/);
    await expectDeployed(prefix, NEW, ['thesis.pdf']);
    const theirs = place();
    await storage.put(`${theirs}/thesis.pdf`, 'years of work');
    storage.behave();
    const refused = await deploy(folder, theirs, ['--lang', 'en']);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /deploy-not-ours.*thesis\.pdf/);
    assert.ok(storage.log.every((request) => !request.writes));
  });

  it('takes over a site that somebody brought there by other means', async () => {
    const prefix = place();
    for (const [address, text] of Object.entries(withList(OLD))) await storage.put(`${prefix}/${encodeURI(address)}`, text);
    const folder = await published(NEW);
    const done = await deploy(folder, prefix);
    assert.equal(done.code, 0, done.err);
    await expectDeployed(prefix, NEW);
  });

  it('sends again what somebody changed or removed behind its back', async () => {
    const { folder, prefix } = await startWith(NEW);
    await storage.put(`${prefix}/index.html`, 'defaced');
    await fetch(`http://127.0.0.1:${storage.inner}/agenda/${prefix}/a.html`, { method: 'DELETE' });
    const done = await deploy(folder, prefix);
    assert.match(done.out, /2 sent, 9 unchanged, 0 removed/);
    await expectDeployed(prefix, NEW);
  });
});

describe('a deployment that is killed', () => {
  /// Kills the program at its n-th request that writes, before or after that was done; whether it came so far.
  async function killed(folder, prefix, n, when) {
    let count = 0;
    let program;
    const kill = async ({ writes }) => {
      if (writes && ++count === n) {
        program.child.kill('SIGKILL');
        await program.ended;
        return 'drop';
      }
      return count >= n ? 'drop' : undefined;
    };
    storage.behave();
    storage[when] = kill;
    program = start(folder, ['deploy', `s3://agenda/${prefix}`], environment(storage.port));
    const { signal } = await program.ended;
    await storage.quiet();
    storage.behave();
    return signal === 'SIGKILL';
  }

  for (const when of ['before', 'after']) {
    it(`${when} any object leaves whole pages, and the next one ends in the same state, whatever it brings`, async (story) => {
      let n = 1;
      for (; ; n++) {
        const { folder, prefix } = await startWith(OLD);
        await publish(folder, NEW);
        if (!(await killed(folder, prefix, n, when))) break;
        expectWhole(await storage.objects(prefix));
        // Every second time the editors have thought better of it.
        const then = n % 2 === 0 ? OLD : NEW;
        await publish(folder, then);
        // And every third time it is killed once more.
        if (n % 3 === 0) {
          await killed(folder, prefix, 2, when);
          expectWhole(await storage.objects(prefix));
        }
        const again = await deploy(folder, prefix);
        assert.equal(again.code, 0, again.err);
        await expectDeployed(prefix, then);
      }
      assert.ok(n > 12, `it was killed at ${n - 1} requests`);
      story.diagnostic(`killed ${when} each of ${n - 1} requests that write`);
    });

    it(`${when} any object of the first deployment can be begun again`, async (story) => {
      let n = 1;
      for (; ; n++) {
        const prefix = place();
        const folder = await published(NEW);
        if (!(await killed(folder, prefix, n, when))) break;
        expectWhole(await storage.objects(prefix));
        const again = await deploy(folder, prefix);
        assert.equal(again.code, 0, again.err);
        await expectDeployed(prefix, NEW);
      }
      assert.ok(n > 12, `it was killed at ${n - 1} requests`);
      story.diagnostic(`killed ${when} each of ${n - 1} requests that write`);
    });
  }
});

describe('a store that is ill', () => {
  for (const [name, fault] of [['says that it is busy', 503], ['fails', 500], ['drops connections', 'drop'], ['answers slowly', 'slow'], ['does not answer', 'hang']]) {
    it(`and ${name} now and then is asked again`, async () => {
      const { folder, prefix } = await startWith(OLD);
      await publish(folder, NEW);
      let count = 0;
      storage.before = async () => (++count % 4 === 2 ? fault : undefined);
      const done = await deploy(folder, prefix);
      assert.equal(done.code, 0, done.err);
      assert.ok(storage.log.some((request) => request.fault === fault), 'there were faults');
      await expectDeployed(prefix, NEW);
    });
  }

  for (const [fault, code] of [[503, 'deploy-failed'], ['drop', 'deploy-unreachable'], ['hang', 'deploy-unreachable']]) {
    it(`for good (${fault}) is told, and the next deployment goes on`, async () => {
      const { folder, prefix } = await startWith(OLD);
      await publish(folder, NEW);
      let writes = 0;
      storage.before = async (request) => (request.writes && ++writes > 4 ? fault : undefined);
      const failed = await deploy(folder, prefix, ['--retries', '1', '--lang', 'en']);
      assert.equal(failed.code, 1, failed.out + failed.err);
      assert.match(failed.err, new RegExp(`${code}[^]*goes on where it stopped`));
      expectWhole(await storage.objects(prefix));
      storage.behave();
      const done = await deploy(folder, prefix);
      assert.equal(done.code, 0, done.err);
      await expectDeployed(prefix, NEW);
    });
  }

  it('that cannot be reached at all is told in words', async () => {
    const folder = await published(OLD);
    const failed = await call(folder, ['deploy', 's3://agenda/x', '--retries', '0', '--timeout', '1'], environment(9, {}));
    assert.equal(failed.code, 1);
    assert.match(failed.err, /fout\[deploy-unreachable\]: "s3:\/\/agenda\/x" antwoordt niet/);
  });
});

describe('what is refused', () => {
  it('keys that are not right, in both languages, with the variables to look at', async () => {
    const { folder, prefix } = await startWith(OLD);
    await publish(folder, NEW);
    for (const env of [{ AWS_SECRET_ACCESS_KEY: 'geraden' }, { AWS_ACCESS_KEY_ID: 'IEMAND' }]) {
      const dutch = await deploy(folder, prefix, [], env);
      assert.equal(dutch.code, 1);
      assert.match(dutch.err, /deploy-refused\]: .*laat ons niet toe: The request signature does not match[^]*AWS_SECRET_ACCESS_KEY/);
      const english = await deploy(folder, prefix, ['--lang', 'en'], env);
      assert.match(english.err, /does not let us in/);
    }
    storage.behave();
    await expectDeployed(prefix, OLD);
  });

  it('keys that may read and not write', async () => {
    const { folder, prefix } = await startWith(OLD);
    await publish(folder, NEW);
    storage.before = async ({ writes }) => (writes ? 403 : undefined);
    const failed = await deploy(folder, prefix);
    assert.match(failed.err, /deploy-refused/);
    storage.behave();
    await expectDeployed(prefix, OLD);
  });

  it('a bucket that is not there, an address that is none, and a folder without a site', async () => {
    const folder = await published(OLD);
    const tell = async (target, code, exit) => {
      const { err, code: ended } = await call(folder, ['deploy', target, '--retries', '0'], environment(storage.port));
      assert.match(err, new RegExp(`\\[${code}\\]`));
      assert.equal(ended, exit, target);
    };
    await tell('s3://nergens/x', 'deploy-no-place', 1);
    await tell('ftp://agenda/x', 'deploy-target', 2);
    await tell('s3:///x', 'deploy-target', 2);
    await tell('public', 'deploy-target', 2);
    const unset = await call(folder, ['deploy', 'az://agenda/x', '--retries', '0']);
    assert.match(unset.err, /\[deploy-settings\][^]*AZURE_STORAGE_ACCOUNT_NAME/);
    await appendFile(path.join(folder, 'public/a.html'), 'x');
    await tell('s3://agenda/x', 'deploy-changed', 1);
    await rm(path.join(folder, 'public'), { recursive: true });
    await tell('s3://agenda/x', 'deploy-no-site', 2);
  });
});

describe('a folder', () => {
  it('is a place as well', async () => {
    const folder = await published(OLD);
    const target = path.join(await temporary(), 'deep/www');
    assert.equal((await call(folder, ['deploy', target])).code, 0);
    await publish(folder, NEW);
    const done = await call(folder, ['deploy', `file://${target}`]);
    assert.match(done.out, /10 sent, 1 unchanged, 4 removed/);
    assert.match((await call(folder, ['deploy', target])).out, /0 sent, 11 unchanged, 0 removed/);
    const found = (await readdir(target, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const addresses = found.map((entry) => path.relative(target, path.join(entry.parentPath ?? entry.path, entry.name))).sort();
    assert.deepEqual(addresses, [...Object.keys(withList(NEW)), '.via-site.json'].sort());
    for (const [address, text] of Object.entries(withList(NEW))) assert.equal(await readFile(path.join(target, address), 'utf8'), text);
  });

  it('of somebody else is refused', async () => {
    const folder = await published(OLD);
    const target = await temporary();
    await mkdir(path.join(target, 'thesis'));
    await writeFile(path.join(target, 'thesis/one.txt'), 'years of work');
    assert.match((await call(folder, ['deploy', target])).err, /deploy-not-ours.*thesis\/one\.txt/s);
    assert.deepEqual(await readdir(target), ['thesis']);
  });
});
