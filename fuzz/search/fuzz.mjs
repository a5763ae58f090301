// Any text as a search query: keeps what reaches code that nothing before it reached, as V8's own coverage tells, and makes
// new texts of what is kept. (Jazzer.js would do the same, but its native part needs a newer C library than Debian 12 has.)
//
//     node fuzz/search/fuzz.mjs INDEX CORPUS SECONDS
//
// INDEX is a folder such as public/search/nl. What fails is written beside CORPUS, and ends the run with status 1.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import path from 'node:path';

import { answersWell } from '../../tests/browser/support/queries.mjs';
import { openFolder } from '../../tests/browser/support/search.mjs';

const [folder, corpus, seconds] = process.argv.slice(2);
const SLOW = 5000;
const LONGEST = 4000;

const TOKENS = ['"', '„', '”', '-', ':', ' ', '\t', '\u00a0', '\u200b', '\u0000', '\u0301', '\ud800', '\udc00', "'", '’', '_', '.', '/', '\\', '*', '(', ')', '<b>', '%00', 'kind:',
  'kind:vraag', 'soort:Vragen', 'status:open', 'thema:', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'v-0029', 'uwv', 'discriminatie', 'stagediscriminatie', 'gelijke kansen',
  'de', 'het', 'een', 'van', 'werkgevers', 'İ', 'ß', 'ﬁ', 'é', '日本', '𝄞', '0', '1e9', '-1', 'aaaaaaaa', 'schaps', 'heden', 'sociaal', 'huizen'];

const any = (many) => many[Math.floor(Math.random() * many.length)];

/** A text that is somewhat like these. */
function changed(kept) {
  let text = any(kept);
  for (let times = 1 + Math.floor(Math.random() * 4); times > 0; times -= 1) {
    const [from, length] = [Math.floor(Math.random() * (text.length + 1)), Math.floor(Math.random() * 12)];
    const piece = any([
      () => any(TOKENS),
      () => any(TOKENS).repeat(1 + Math.floor(Math.random() * 30)),
      () => '',
      () => String.fromCodePoint(Math.floor(Math.random() * any([128, 0x500, 0xffff, 0x10ffff]))),
      () => any(kept).slice(Math.floor(Math.random() * 20)).slice(0, 40),
      () => text.slice(from, from + length).repeat(2),
    ])();
    text = text.slice(0, from) + piece + text.slice(from + (Math.random() < 0.5 ? length : 0));
  }
  return text.slice(0, LONGEST);
}

const { index } = await openFolder(folder);
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

const seen = new Set();
/** Whether anything in the engine ran that never ran before, or ran another order of magnitude of times. */
async function isNew() {
  const before = seen.size;
  const { result } = await session.post('Profiler.takePreciseCoverage');
  for (const { url, functions } of result) {
    if (!url.includes('/static/search-')) continue;
    for (const { ranges } of functions) {
      for (const { startOffset, count } of ranges) if (count > 0) seen.add(`${url} ${startOffset} ${Math.floor(Math.log2(count))}`);
    }
  }
  return seen.size > before;
}

mkdirSync(corpus, { recursive: true });
const kept = [];
const begun = Date.now();
let asked = 0;
let slowest = 0;

async function ask(text, file) {
  const started = Date.now();
  try {
    await answersWell(index, text);
    slowest = Math.max(slowest, Date.now() - started);
    if (Date.now() - started > SLOW) throw new Error(`it took ${Date.now() - started} ms`);
  } catch (error) {
    const name = path.join(corpus, '..', `crash-search-${hash(text)}`);
    writeFileSync(name, text);
    console.error(`${name}: ${JSON.stringify(text.slice(0, 300))}\n${error.stack}`);
    process.exitCode = 1;
    return false;
  }
  asked += 1;
  if (await isNew()) {
    kept.push(text);
    if (!file) writeFileSync(path.join(corpus, hash(text)), text);
  }
  return true;
}

const hash = (text) => createHash('sha1').update(text).digest('hex').slice(0, 16);

for (const name of readdirSync(corpus).sort()) await ask(readFileSync(path.join(corpus, name), 'utf8'), name);
if (kept.length === 0) await ask('stage');
let told = Date.now();
while (process.exitCode !== 1 && Date.now() - begun < Number(seconds) * 1000) {
  await ask(changed(kept));
  if (Date.now() - told > 60_000) {
    told = Date.now();
    console.log(`#${asked} kept: ${kept.length} covered: ${seen.size} slowest: ${slowest} ms`);
  }
}
console.log(`Done ${asked} runs in ${Math.round((Date.now() - begun) / 1000)} second(s), kept ${kept.length}, covered ${seen.size}, slowest ${slowest} ms`);
