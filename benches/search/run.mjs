// Indexes made-up agendas and this repository's site with our search, Pagefind and MiniSearch, asks them the same, and
// writes the tables of README.md between its marks.
//
//     npm ci && VIA_SITE=../../target/release/via-site node run.mjs 1000 10000
//
// PEERS_UP_TO=10000 leaves the others out of what is larger: Pagefind needs 13 GB for 50,000 pages. Needs Python 3, GNU time, Chromium, and the packages of ../../tests/browser.

import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { startBrowser } from '../../tests/browser/support/browser.mjs';
import { bySort, measure, questions } from '../../tests/browser/support/relevance.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const repository = resolve(here, '../..');
const program = resolve(process.env.VIA_SITE ?? join(repository, 'target/release/via-site'));
const work = process.env.WORK ?? mkdtempSync(join(tmpdir(), 'via-search-'));
const sizes = process.argv.slice(2).map(Number);
const peersUpTo = Number(process.env.PEERS_UP_TO ?? Infinity);

/** Runs a program: its CPU seconds, and the most memory it had at once, in MB. */
function timed(command, words, options = {}) {
  const { stdout, stderr, status } = spawnSync('/usr/bin/time', ['-f', '@@ %U %S %M', command, ...words], { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}\n${stdout}${stderr}`);
  const [, user, system, memory] = /@@ (\S+) (\S+) (\S+)/.exec(stderr);
  return { cpu: Number(user) + Number(system), memory: Number(memory) / 1000, stdout };
}

function weight(folder, wanted = () => true) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile() && wanted(join(file.parentPath, file.name)));
  return { files: files.length, bytes: files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0) };
}

/** Builds a site and the indexes of all engines over it. */
function build(site, name, peers = true) {
  const built = join(work, name);
  rmSync(built, { recursive: true, force: true });
  // With one thread the time of the stage is its CPU time.
  const ours = timed(program, ['build', '--site', site, '--output', built, '--timings', '--jobs', '1']);
  const stage = Number(/([\d.]+) ms {2}search/.exec(ours.stdout)[1]) / 1000;
  const own = { cpu: stage, memory: ours.memory, ...weight(join(built, 'search/nl')), note: 'memory: of the whole build' };
  if (!peers) return { built, rows: { 'via-site': own } };
  const pages = join(work, `${name}-pages`);
  rmSync(pages, { recursive: true, force: true });
  // Pagefind sees what our search sees: the pages of entities, and of those what is not navigation.
  const lists = /(index|page-\d+|404|data|zoeken|search)\.html$/;
  cpSync(built, pages, { recursive: true, filter: (path) => statSync(path).isDirectory() || (path.endsWith('.html') && !lists.test(path)) });
  const pagefind = timed(join(here, 'node_modules/.bin/pagefind'), ['--site', pages, '--output-path', join(built, 'pagefind'), '--root-selector', 'main', '--quiet']);
  const minisearch = timed(process.execPath, [join(here, 'minisearch.mjs'), pages, join(built, 'minisearch.json')]);
  return {
    built,
    rows: {
      'via-site': own,
      Pagefind: { cpu: pagefind.cpu, memory: pagefind.memory, ...weight(join(built, 'pagefind')) },
      MiniSearch: { cpu: minisearch.cpu, memory: minisearch.memory, files: 1, bytes: gzipSync(readFileSync(join(built, 'minisearch.json')), { level: 6 }).length },
    },
  };
}

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.wasm': 'application/wasm' };

/** Serves a folder as a plain host does, scripts and JSON compressed, and counts the bytes. */
async function serve(folder) {
  const count = { bytes: 0, requests: 0 };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    const file = path === '/empty' ? null : path === '/minisearch.js' ? join(here, 'node_modules/minisearch/dist/es/index.js') : join(folder, path);
    if (file === null) return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>.</title>');
    if (!existsSync(file) || statSync(file).isDirectory()) return response.writeHead(404).end();
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    const squeezed = ['.js', '.json', '.html', '.css'].includes(extname(file));
    const bytes = squeezed ? gzipSync(readFileSync(file), { level: 6 }) : readFileSync(file);
    count.bytes += bytes.length;
    count.requests++;
    response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=600', ...(squeezed ? { 'content-encoding': 'gzip' } : {}) }).end(bytes);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { address: `http://127.0.0.1:${server.address().port}`, count, close: () => server.close() };
}

/** In the page: gives a function that answers with the addresses of the first ten pages. */
const ENGINES = {
  'via-site': async (engine, script) => {
    await (await fetch(`/${script}`)).text();
    const { open } = await import(`/${engine}`);
    const index = await open(new URL('/search/nl/', location.href));
    return async (query, facets) => (await index.ask(query, { limit: 10, facets })).results.map(({ url }) => url);
  },
  Pagefind: async () => {
    const pagefind = await import('/pagefind/pagefind.js');
    await pagefind.init();
    return async (query) => Promise.all((await pagefind.search(query)).results.slice(0, 10).map(async (result) => (await result.data()).url.replace(/^\//, '')));
  },
  MiniSearch: async () => {
    const { default: MiniSearch } = await import('/minisearch.js');
    const index = MiniSearch.loadJSON(await (await fetch('/minisearch.json')).text(), { fields: ['title', 'text'] });
    return async (query) => index.search(query, { boost: { title: 4 }, prefix: true, fuzzy: 0.2 }).slice(0, 10).map(({ id }) => id);
  },
};

/** Opens an engine in a fresh page. */
async function engine(browser, server, built, name, slow = 1) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slow });
  await page.goto(`${server.address}/empty`);
  const scripts = ['search-engine.', 'search.'].map((start) => `assets/${readdirSync(join(built, 'assets')).find((file) => file.startsWith(start))}`);
  server.count.bytes = 0;
  server.count.requests = 0;
  await page.evaluate(`(async () => { globalThis.ask = await (${ENGINES[name]})(...${JSON.stringify(scripts)}); })()`);
  const ask = (query, facets = true) => page.evaluate(([query, facets]) => globalThis.ask(query, facets), [query, facets]);
  const warm = (query) => page.evaluate(async (query) => { const start = performance.now(); await globalThis.ask(query); return performance.now() - start; }, query);
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize = 0 } = await session.send('Runtime.getHeapUsage');
    return (usedSize + backingStorageSize) / 1e6;
  };
  return { ask, warm, heap, close: () => context.close() };
}

const QUERIES = ['jongeren schulden', 'loopbaanbegeleiding', 'mentale gezondheid ouders', 'werkgevers', 'eenzaamheid ouderen', 'begeleiding', 'taal onderwijs',
  'coordinatie regie', 'vluchtelingen participatie', 'financiele problemen gezin', 'huisartsen', 'preventie verzuim', 'kwetsbare jongeren', 'bewijs', 'wijkteam'];

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** What answers cost: the first one of a visit, later ones, and one more time the same on a slow machine. */
async function costs(browser, built, name) {
  const server = await serve(built);
  const first = [];
  const counted = [];
  const requests = [];
  for (const query of QUERIES.slice(0, name === 'MiniSearch' ? 1 : QUERIES.length)) {
    const fresh = await engine(browser, server, built, name);
    await fresh.ask(query, false);
    first.push(server.count.bytes);
    requests.push(server.count.requests);
    await fresh.ask(query);
    counted.push(server.count.bytes);
    await fresh.close();
  }
  const visit = await engine(browser, server, built, name, 4);
  await visit.ask(QUERIES[0]);
  const before = server.count.bytes;
  const warm = [];
  for (const query of QUERIES.slice(1)) {
    await visit.ask(query);
    warm.push(await visit.warm(query));
  }
  const later = (server.count.bytes - before) / (QUERIES.length - 1);
  const heap = await visit.heap();
  await visit.close();
  server.close();
  return { first: mean(first), counted: mean(counted), requests: mean(requests), later, warm: median(warm), slowest: Math.max(...warm), heap };
}

/** Questions in Dutch, and the site that they are asked of. The last site is held out: nobody looks at its questions one by one. */
const LISTS = [
  { about: 'this agenda, tuned on', site: '.', file: 'search-tests.yaml' },
  { about: 'this agenda, fresh', site: '.', file: 'tests/browser/fixtures/fresh.yaml' },
  { about: 'housing, open', site: 'tests/fixtures/search/housing', file: 'tests/fixtures/search/housing/search-tests.yaml', sorts: true },
  { about: 'care, held out', site: 'tests/fixtures/search/care', file: 'tests/fixtures/search/care/search-tests.yaml' },
];

/** How well an engine answers a list of questions about a built site. */
async function relevance(browser, built, name, list) {
  const server = await serve(built);
  const opened = await engine(browser, server, built, name);
  const id = (url) => /([^/]+)\.html/.exec(url)?.[1] ?? url;
  const found = await measure(list, async (query) => (await opened.ask(query)).map(id));
  await opened.close();
  server.close();
  return found;
}

/** The tables of recall and nDCG: every list of questions, and some of them by sort. */
async function relevances(browser) {
  const names = Object.keys(ENGINES);
  const both = ({ recall, ndcg }) => `${recall.toFixed(2)} / ${ndcg.toFixed(2)}`;
  const sites = new Map();
  const rows = [];
  const tables = [];
  for (const { about, site, file, sorts } of LISTS) {
    if (!sites.has(site)) sites.set(site, build(join(repository, site), `relevance-${sites.size}`).built);
    const list = (await questions(join(repository, file))).nl;
    const found = [];
    for (const name of names) found.push(await relevance(browser, sites.get(site), name, list));
    rows.push([about, list.length, ...found.map(both)]);
    if (!sorts) continue;
    const kinds = found.map(({ answers }) => bySort(answers));
    tables.push(table([about, 'questions', ...names], kinds[0].map(({ sort, count }, place) => [sort, count, ...kinds.map((engine) => both(engine[place]))])));
  }
  return `Recall at 10 / nDCG on questions in Dutch:\n\n${[table(['site', 'questions', ...names], rows), ...tables].join('\n\n')}`;
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const kB = (bytes) => `${(bytes / 1000).toFixed(bytes < 1e5 ? 1 : 0)} kB`;

/** Puts what was measured between its marks in README.md. */
function write(mark, text) {
  const readme = join(here, 'README.md');
  const stamped = `Measured on ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0].model}), Node ${process.versions.node}.\n\n${text}\n`;
  writeFileSync(readme, readFileSync(readme, 'utf8').replace(new RegExp(`(<!-- ${mark} -->\n)[^]*?(<!-- /${mark} -->)`), (_, start, end) => `${start}${stamped}${end}`));
  console.log(stamped);
}

mkdirSync(work, { recursive: true });
const browser = await startBrowser();
const parts = [];
try {
  write('relevance', await relevances(browser));
  for (const size of sizes) {
    const site = join(work, `agenda-${size}`);
    if (!existsSync(site)) {
      execFileSync('python3', [join(repository, 'benches/agenda.py'), '--pages', String(size), '--out', site, '--theme', 'via', '--search']);
      cpSync(join(repository, 'themes'), join(site, 'themes'), { recursive: true });
      // The others have no open data; ours would only add to its memory.
      appendFileSync(join(site, 'site.yaml'), '\nleave_out: [open_data]\n');
    }
    const { built, rows } = build(site, `agenda-${size}-built`, size <= peersUpTo);
    const lines = [];
    for (const [name, row] of Object.entries(rows)) {
      const cost = await costs(browser, built, name);
      lines.push([name, `${row.cpu.toFixed(2)} s`, `${row.memory.toFixed(0)} MB${row.note ? ' (1)' : ''}`, row.files, `${(row.bytes / 1e6).toFixed(1)} MB`,
        `${kB(cost.first)}, ${cost.requests.toFixed(0)} requests`, kB(cost.counted), kB(cost.later), `${cost.warm.toFixed(0)} / ${cost.slowest.toFixed(0)} ms`, `${cost.heap.toFixed(1)} MB`]);
      console.log(size, lines.at(-1).join(' | '));
    }
    parts.push(`${size} pages:\n\n${table(['engine', 'index, CPU', 'memory', 'files', 'bytes', 'first answer', 'and all counts', 'later answers', 'the same again at 4x slowed CPU, median / slowest', 'heap'], lines)}`);
  }
} finally {
  await browser.close();
}
if (parts.length > 0) write('measured', `${parts.join('\n\n')}\n\n(1) of the whole build: reading, planning, rendering and indexing.`);
