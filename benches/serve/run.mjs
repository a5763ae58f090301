#!/usr/bin/env node
// Saves a page of a site under a running preview, and measures until a real browser shows what was saved.
//
//     node benches/serve/run.mjs [--pages 1000,10000] [--rounds 30] [--soak 1000] [--only via-site,hugo]
//
// VIA_SITE names the program (target/release/via-site, if not), HUGO that of Hugo, which is left out where there is none;
// WORK names a folder for the corpora. The browser and its library are those of tests/browser (`npm ci` there first).
//
// A round: a pause of one to one and a half second, one write of the page with a new word in its body, and the time from
// just before the write until the word stands in the document of the open tab, by the clock of this machine. The mutation
// observer that looks for it runs in the page itself. Prints lines of JSON, and a table of them at the end.

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBrowser } from '../../tests/browser/support/browser.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values: options } = parseArgs({
  options: {
    pages: { type: 'string', default: '1000,10000' },
    rounds: { type: 'string', default: '30' },
    soak: { type: 'string', default: '0' },
    only: { type: 'string', default: 'via-site,hugo' },
  },
});
const work = process.env.WORK ?? join(tmpdir(), 'via-site-bench');
const rounds = Number(options.rounds);
const soak = Number(options.soak);
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** The previews: how a corpus for them is made, how they are started, and where a page of theirs is. */
const PREVIEWS = {
  'via-site': {
    program: resolve(process.env.VIA_SITE ?? join(here, '../../target/release/via-site')),
    make: (folder, pages) => execFileSync('python3', [join(here, '../agenda.py'), '--pages', pages, '--out', folder]),
    words: (folder, port) => ['serve', '--site', folder, '--port', port, '--date', '2026-11-23'],
    address: (slug) => `findings/${slug}.html`,
  },
  hugo: {
    program: process.env.HUGO ?? 'hugo',
    make(folder, pages) {
      cpSync(join(here, '../peers/hugo'), folder, { recursive: true });
      execFileSync('python3', [join(here, '../corpus.py'), '--pages', pages, '--flavor', 'hugo', '--out', folder]);
    },
    words: (folder, port) => ['server', '--source', folder, '--port', port, '--bind', '127.0.0.1', '--noBuildLock'],
    address: (slug) => `findings/${slug}/`,
  },
};

/** Memory of a process in MB, as the kernel counts what is resident. */
function memory(pid) {
  return Math.round(Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+)/m)[1]) / 1024);
}

function quantile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)];
}

async function measure(browser, name, pages) {
  const preview = PREVIEWS[name];
  const folder = join(work, `${name}-${pages}`);
  if (!existsSync(folder)) {
    mkdirSync(work, { recursive: true });
    preview.make(folder, pages);
  }
  const findings = join(folder, 'content/findings');
  const files = readdirSync(findings).filter((file) => file.endsWith('.md') && !file.startsWith('_')).sort();
  const file = files[Math.floor(files.length / 2)];
  const original = readFileSync(join(findings, file), 'utf8');
  const port = String(20_000 + (process.pid % 10_000));
  const started = Date.now();
  const server = spawn(preview.program, preview.words(folder, port), { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/${preview.address(file.replace('.md', ''))}`;
  const result = { name, pages: Number(pages) };
  const context = await browser.newContext();
  try {
    for (;;) {
      if (await fetch(url).then((answer) => answer.status === 200, () => false)) break;
      if (Date.now() - started > 300_000) throw new Error(`${name} never served ${url}`);
      await pause(5);
    }
    result.first = Date.now() - started;
    await pause(3000);
    result.memory_before = memory(server.pid);
    const page = await context.newPage();
    let seen = () => {};
    await page.exposeFunction('tellWord', (word, at) => seen(word, at));
    await page.addInitScript(() => {
      let last = '';
      const look = () => {
        const word = document.body?.textContent.match(/Zoekmerk\d+x/)?.[0];
        if (word && word !== last) globalThis.tellWord((last = word), Date.now());
      };
      new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
    });
    await page.goto(url);
    await pause(1000);
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
      await pause(1000 + Math.random() * 500);
      const word = `Zoekmerk${round}x`;
      const shown = new Promise((done) => { seen = (told, at) => told === word && done(at); });
      const text = `${original.trimEnd()}\n\n${word} staat hier.\n`;
      const saved = Date.now();
      writeFileSync(join(findings, file), text);
      times.push(await Promise.race([shown.then((at) => at - saved), pause(30_000).then(() => null)]));
    }
    const sorted = times.filter((time) => time !== null).sort((a, b) => a - b);
    Object.assign(result, { rounds, missed: rounds - sorted.length, median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), times });
    writeFileSync(join(findings, file), original);
    for (let save = 0; save < soak; save += 1) {
      const any = join(findings, files[Math.floor(Math.random() * files.length)]);
      const text = readFileSync(any, 'utf8');
      writeFileSync(any, `${text.trimEnd()}\n\nBewaring ${save}.\n`);
      await pause(40 + Math.random() * 80);
      writeFileSync(any, text);
      await pause(40);
    }
    await pause(3000);
    Object.assign(result, { soak, memory_after: memory(server.pid) });
  } finally {
    await context.close();
    server.kill('SIGTERM');
    writeFileSync(join(findings, file), original);
  }
  return result;
}

const browser = await startBrowser();
const results = [];
for (const pages of options.pages.split(',')) {
  for (const name of options.only.split(',')) {
    try {
      results.push(await measure(browser, name, pages));
      console.log(JSON.stringify(results.at(-1)));
    } catch (error) {
      console.error(`${name}, ${pages} pages: ${error.message}`);
    }
  }
}
await browser.close();
console.log('\n| preview | pages | first page (ms) | save to browser, median (ms) | p95 (ms) | memory before (MB) | saves | memory after (MB) |');
console.log('|---|---:|---:|---:|---:|---:|---:|---:|');
for (const { name, pages, first, median, p95, memory_before, soak: saves, memory_after } of results) {
  console.log(`| ${name} | ${pages} | ${first} | ${median} | ${p95} | ${memory_before} | ${rounds + 2 * saves} | ${memory_after} |`);
}
