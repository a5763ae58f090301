#!/usr/bin/env node
// Saves a page of a site under a running preview, and measures until a real browser shows what was saved.
//
//     node benches/serve/run.mjs [--pages 1000,10000] [--rounds 30] [--soak 1000] [--only via-site,hugo,zola]
//
// VIA_SITE names the program (target/release/via-site, if not), HUGO and ZOLA those of Hugo and Zola, which are left out
// where there are none; WORK names a folder for the corpora. `--soak` saves so many pages of via-site's site besides.
// The browser and its library are those of tests/browser (`npm ci` there first).
//
// A round: a pause of one to one and a half second, one write of the page with a new word in its body, and the time from
// just before the write until the word stands in the document of the open tab, by the clock of this machine. The mutation
// observer that looks for it runs in the page itself. Prints lines of JSON, and a table of them at the end.

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    only: { type: 'string', default: 'via-site,hugo,zola' },
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
    program: process.env.HUGO,
    make: (folder, pages) => copied('hugo', folder, pages),
    words: (folder, port) => ['server', '--source', folder, '--port', port, '--bind', '127.0.0.1', '--noBuildLock'],
    address: (slug) => `findings/${slug}/`,
  },
  zola: {
    program: process.env.ZOLA,
    make: (folder, pages) => copied('zola', folder, pages),
    words: (folder, port) => ['--root', folder, '--config', join(folder, 'zola.toml'), 'serve', '--port', port, '--interface', '127.0.0.1', '--output-dir', `${folder}-out`, '--force'],
    address: (slug) => `findings/${slug}/`,
  },
};

/** A site of the templates in `../peers` and the corpus. */
function copied(name, folder, pages) {
  cpSync(join(here, '../peers', name), folder, { recursive: true });
  cpSync(join(here, '../peers/hugo/static'), join(folder, 'static'), { recursive: true });
  execFileSync('python3', [join(here, '../corpus.py'), '--pages', pages, '--flavor', name, '--out', folder]);
}

/** Memory of a process in MB, as the kernel counts what is resident. */
function memory(pid) {
  return Math.round(Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+)/m)[1]) / 1024);
}

/** What an editor does to a page; `null` deletes it. */
const SAVES = [
  (text, save) => `${text.trimEnd()}\n\nBewaring ${save}.\n`,
  (text, save) => text.replace(/^title: .*$/m, `title: Titel ${save}`),
  (text) => text.replace('---', '--'),
  (text) => text.slice(0, text.length / 2),
  (text) => text.replace(/^(\s+- ).*$/m, '$1bestaat-niet'),
  () => '',
  () => null,
];

/** Saves pages at random, in all these ways, and puts each back: `soak` saves in all. Gives the memory after each tenth part. */
async function soaked(folder, files, pid) {
  const memories = [];
  const any = (list) => list[Math.floor(Math.random() * list.length)];
  for (let save = 0; save < soak; save += 2) {
    const file = join(folder, any(files));
    const text = readFileSync(file, 'utf8');
    const saved = any(SAVES)(text, save);
    if (saved === null) rmSync(file);
    else writeFileSync(file, saved);
    await pause(50 + Math.random() * 400);
    writeFileSync(file, text);
    await pause(50 + Math.random() * 150);
    if (save % Math.ceil(soak / 10) < 2) memories.push(memory(pid));
  }
  return { memories };
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
    if (name === 'via-site' && soak > 0) {
      await pause(3000);
      const clean = await (await fetch(url)).text();
      Object.assign(result, { soak, ...await soaked(findings, files, server.pid) });
      await pause(3000);
      if (await (await fetch(url)).text() !== clean) throw new Error('after the soak the page is not what it was');
    }
    await pause(3000);
    Object.assign(result, { memory_after: memory(server.pid) });
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
    if (!PREVIEWS[name].program) {
      console.error(`left out: ${name}, for ${name.toUpperCase()} names no program`);
      continue;
    }
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
for (const { name, pages, first, median, p95, memory_before, soak: saves = 0, memory_after } of results) {
  console.log(`| ${name} | ${pages} | ${first} | ${median} | ${p95} | ${memory_before} | ${rounds + saves} | ${memory_after} |`);
}
