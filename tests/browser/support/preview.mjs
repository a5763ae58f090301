// A preview of a small garden site, in a folder that goes away with it, and an editor's hands on its files.

import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));
const program = resolve(here, process.env.VIA_SITE ?? '../../target/release/via-site');
const garden = resolve(here, '../fixtures/base');

/** What jobs look like here: with something to unfold, and something to type into. */
const JOB = `{% extends "via/entity.html" %}
{% block text %}<details id="more"><summary>More</summary><p>Unfolded.</p></details>
<form><label>Find <input type="search" id="find"></label></form>
{{ <entity_body entity/> }}{% endblock %}
`;

/** Starts a preview, and waits until it has something to show. */
export async function startPreview({ words = [], files = {}, environment = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'via-site-preview-'));
  cpSync(garden, folder, { recursive: true });
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('themes/tuin/templates/entity/klus.html', JOB);
  for (const [path, text] of Object.entries(files)) write(path, text);
  const server = spawn(program, ['serve', '--site', folder, '--date', '2026-11-23', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let said = '';
  server.stdout.on('data', (text) => (said += text));
  server.stderr.on('data', (text) => (said += text));
  const wait = async (what, found, patience = 15_000) => {
    const end = Date.now() + patience;
    for (;;) {
      const value = await found();
      if (value) return value;
      if (Date.now() > end) throw new Error(`waited in vain for ${what}; the preview said:\n${said}`);
      await new Promise((done) => setTimeout(done, 15));
    }
  };
  const address = await wait('an address', () => said.match(/http:\/\/\S+/)?.[0]);
  await wait('a page', () => fetch(address).then((answer) => answer.status === 200, () => false));
  return {
    folder,
    address,
    at: (path) => new URL(path, address).href,
    said: () => said,
    wait,
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    write,
    /** Replaces a text that stands in a file. */
    edit(path, old, fresh) {
      const text = this.read(path);
      if (!text.includes(old)) throw new Error(`${path} does not have: ${old}`);
      write(path, text.replace(old, fresh));
    },
    remove: (path) => rmSync(join(folder, path), { recursive: true }),
    async stop() {
      const ended = new Promise((done) => server.once('exit', done));
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
