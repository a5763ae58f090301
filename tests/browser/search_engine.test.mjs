// The search engine that readers run, asked under Node against the index of this repository's site.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';

import { answersWell } from './support/queries.mjs';
import { engine, openFolder, shown } from './support/search.mjs';
import { ownSite } from './support/site.mjs';

const site = ownSite();
const folder = `${site.folder}/search/nl`;
const { index } = await openFolder(folder);
const ids = ({ results }) => results.map(({ id }) => id);
const words = await import(new URL('../../themes/via/static/search-words.js', import.meta.url));
const { nl } = Object.assign(words.LANGUAGES, {
  nl: await import(new URL('../../themes/via/static/search-dutch.js', import.meta.url)),
  en: await import(new URL('../../themes/via/static/search-english.js', import.meta.url)),
});

describe('words are read as the program reads them', async () => {
  const vectors = JSON.parse(await readFile(new URL('../vectors/analysis.json', import.meta.url), 'utf8'));
  for (const { text, tokens } of vectors.tokens) {
    it(`cuts ${JSON.stringify(text)}`, () => {
      assert.deepEqual([...words.tokens(text)].map(({ whole, pieces }) => [whole, ...pieces]), tokens);
    });
  }
  it('looks for what words come from', () => {
    for (const [word, found] of Object.entries(vectors.candidates)) assert.deepEqual(nl.candidates(word), found, word);
  });
  for (const [language, stems] of Object.entries(vectors.stems)) {
    it(`stems words in ${language}`, () => {
      for (const [word, stem] of Object.entries(stems)) assert.equal(words.stem(word, language), stem, word);
    });
  }
});

describe('a query', () => {
  it('finds inflections and compounds, and marks them', async () => {
    const answer = await index.ask('discriminaties');
    assert.ok(ids(answer).includes('arbeidsmarktdiscriminatie'));
    assert.ok(answer.results.some(({ title }) => /\[[^\]]*discriminatie\]/i.test(shown(title))));
  });

  it('finds an id and a name before all else', async () => {
    assert.equal(ids(await index.ask('v-0029'))[0], 'v-0029');
    assert.equal(ids(await index.ask('uwv'))[0], 'uwv');
  });

  it('grows while it is typed', async () => {
    const growing = await index.ask('discrimin');
    const finished = await index.ask('discriminatie');
    for (const id of ids(finished).slice(0, 3)) assert.ok(ids(await index.ask('discrimin', { limit: growing.total })).includes(id), id);
  });

  it('takes quoted words as a phrase', async () => {
    const loose = await index.ask('gelijke kansen', { limit: 500 });
    const phrase = await index.ask('"gelijke kansen"', { limit: 500 });
    assert.ok(phrase.total > 0 && phrase.total < loose.total);
    for (const { title, excerpt } of phrase.results.slice(0, 5)) assert.match(shown([...title, ...excerpt]), /\[gelijke\] \[kansen\]/i);
    assert.equal((await index.ask('"kansen gelijke"')).total, 0);
    assert.deepEqual(ids(await index.ask('„gelijke kansen”', { limit: 500 })), ids(phrase));
  });

  it('leaves out what is excluded', async () => {
    const all = await index.ask('stage', { limit: 500 });
    const without = await index.ask('stage -discriminatie', { limit: 500 });
    assert.ok(without.total < all.total && without.total > 0);
    const excluded = new Set(ids(await index.ask('discriminatie', { limit: 500, filters: {} })));
    for (const id of ids(without)) assert.ok(!excluded.has(id), id);
  });

  it('is narrowed by filters in its text, by name or by label, as by those beside it', async () => {
    const typed = await index.ask('stage kind:vraag', { limit: 100 });
    assert.ok(typed.total > 0 && typed.results.every(({ kind }) => kind === 'vraag'));
    assert.deepEqual(typed.query.filters, { kind: ['vraag'] });
    assert.deepEqual(ids(await index.ask('stage soort:Vragen', { limit: 100 })), ids(typed));
    assert.deepEqual(ids(await index.ask('stage', { limit: 100, filters: { kind: ['vraag'] } })), ids(typed));
    assert.ok((await index.ask('kind:nietbestaand stage')).query.words.length > 0);
  });

  it('says what it took a mistyped word for', async () => {
    const answer = await index.ask('discrimantie stage');
    assert.deepEqual(answer.notes, [{ code: 'typing', from: 'discrimantie', to: 'discriminatie' }]);
    assert.equal(answer.suggestion, 'discriminatie stage');
    assert.deepEqual((await index.ask('xqzwvk')).notes, [{ code: 'unknown', from: 'xqzwvk' }]);
    assert.equal((await index.ask('discriminatie')).suggestion, null);
  });

  it('leads to the heading under which the words stand', async () => {
    const { results } = await index.ask('v-0037', { limit: 10 });
    const other = results.find(({ id, heading }) => id !== 'v-0037' && heading);
    assert.ok(other, 'a page that mentions v-0037 under a heading');
    const page = site.read(other.url);
    assert.ok(page.includes(`id="${other.heading.anchor}"`), other.heading.anchor);
  });

  it('is answered page by page', async () => {
    const all = ids(await index.ask('werk', { limit: 30 }));
    assert.deepEqual(ids(await index.ask('werk', { limit: 10, offset: 10 })), all.slice(10, 20));
    assert.equal((await index.ask('werk', { offset: 100000 })).results.length, 0);
  });

  it('leads to pages that exist', async () => {
    for (const { url } of (await index.ask('werkgevers', { limit: 50 })).results) assert.ok(site.read(url).length > 0, url);
  });
});

describe('counts', () => {
  it('follow the query, and each facet the filters of the others', async () => {
    const plain = await index.ask('stage');
    const narrowed = await index.ask('stage', { filters: { kind: ['vraag'] } });
    const [kinds] = narrowed.facets;
    assert.deepEqual(kinds, plain.facets[0], 'the filter of a facet does not count for itself');
    const status = (answer) => answer.facets.find(({ name }) => name === 'status').values.reduce((sum, { count }) => sum + count, 0);
    assert.ok(status(narrowed) <= narrowed.total && status(narrowed) > 0);
    assert.equal(kinds.values.reduce((sum, { count }) => sum + count, 0), plain.total);
    assert.equal(plain.groups.reduce((sum, { total }) => sum + total, 0), plain.total);
  });

  it('promise what a filter then gives', async () => {
    const { facets } = await index.ask('stage');
    for (const { name, values } of facets) {
      for (const { value, count } of values) assert.equal((await index.ask('stage', { filters: { [name]: [value] } })).total, count, `${name}:${value}`);
    }
  });

  it('stand without a query too, and filters alone give pages in the order of the lists', async () => {
    const empty = await index.ask('');
    assert.equal(empty.total, 0);
    assert.deepEqual(empty.results, []);
    const [kinds] = empty.facets;
    assert.equal(kinds.values.reduce((sum, { count }) => sum + count, 0), index.size);
    const questions = await index.ask('', { filters: { kind: ['vraag'] } });
    assert.equal(questions.total, kinds.values.find(({ value }) => value === 'vraag').count);
    assert.deepEqual(ids(questions), ids(questions).toSorted());
  });
});

describe('any string is a query', () => {
  const strange = ['', ' ', '"', '""', '-', '--', '-"', ':', 'kind:', ':vraag', 'kind:"', '-kind:vraag', '\u0000\u0007\u001b[31m', '\ud800', 'مرحبا بالعالم',
    '\u202Eomgekeerd', '👩‍🔬🇳🇱', '<img src=x onerror=alert(1)>', '&lt;b&gt;', '../../etc/passwd', '%00', '__proto__', 'constructor toString', '"a" "b" "c',
    'é'.repeat(300), '北京大学', 'de het een', '*', '(((', '\\', '\n\n\t', '- - -', 'x'.repeat(100_000), 'woord '.repeat(20_000), '"'.repeat(5000), '-'.repeat(5000)];
  for (const query of strange) {
    it(`${JSON.stringify(query.slice(0, 30))} of ${query.length} characters`, async () => {
      const answer = await index.ask(query);
      assert.ok(Array.isArray(answer.results) && Number.isInteger(answer.total));
      assert.ok(answer.query.words.length + answer.query.phrases.length + answer.query.excluded.length <= 12);
      if (query.length > 50_000) assert.ok(answer.notes.some(({ code }) => code === 'shortened'));
    });
  }

  it('also one that chance made', async () => {
    let seed = 20261123;
    const random = (most) => (seed = (seed * 1103515245 + 12345) % 2147483648) % most;
    const pieces = ['stage', 'discriminatie', '"', '-', ':', 'kind:vraag', ' ', 'é', '\u0300', '\u200f', '🙂', '<', "'", 'v-0001', '\u0000', 'werk', 'van'];
    for (let i = 0; i < 300; i++) {
      const query = Array.from({ length: random(14) }, () => pieces[random(pieces.length)]).join('');
      const { total, results } = await index.ask(query, { limit: 3 });
      assert.ok(total >= results.length, JSON.stringify(query));
    }
  });
});

describe('the queries that the fuzzer kept', async () => {
  const kept = new URL('../../fuzz/corpus/search/', import.meta.url);
  for (const name of await readdir(kept)) {
    it(`${name}: an answer that holds together`, async () => answersWell(index, await readFile(new URL(name, kept), 'utf8')));
  }
});

describe('files', () => {
  it('are read only when they are needed, and once', async () => {
    const { index, fetch } = await openFolder(folder);
    assert.deepEqual(fetch.asked.map(({ name }) => name), ['manifest.bin']);
    await Promise.all([index.ask('stage'), index.ask('stage')]);
    const names = fetch.asked.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    const before = names.length;
    await index.ask('stage');
    assert.equal(fetch.asked.length, before);
  });

  it('that are gone are looked for once more, in the manifest of that moment', async () => {
    const refused = [];
    const { index } = await openFolder(folder, (name) => {
      if (refused.length > 0 || !name.startsWith('t')) return undefined;
      refused.push(name);
      return new Response(null, { status: 404 });
    });
    assert.ok((await index.ask('stage')).total > 0);
    assert.equal(refused.length, 1);
    const gone = await openFolder(folder, (name) => (name.startsWith('t') ? new Response(null, { status: 404 }) : undefined));
    await assert.rejects(gone.index.ask('stage'), { code: 'missing' });
    assert.equal(gone.fetch.asked.filter(({ name }) => name === 'manifest.bin').length, 2);
  });

  it('that belong to an older site are told apart from those that are missing', async () => {
    let deployed = false;
    const manifest = JSON.parse(inflateSync(await readFile(`${folder}/manifest.bin`)));
    const { index } = await openFolder(folder, (name) => {
      if (name === 'manifest.bin' && deployed) return new Response(deflateSync(JSON.stringify({ ...manifest, generation: 'another' })));
      return name.startsWith('t') ? new Response(null, { status: 404 }) : undefined;
    });
    deployed = true;
    await assert.rejects(index.ask('stage'), { code: 'stale' });
  });

  it('that cannot be reached or read give a reason, and the next try may succeed', async () => {
    let fault = null;
    const { index } = await openFolder(folder, () => fault?.());
    fault = () => Promise.reject(new TypeError('no network'));
    await assert.rejects(index.ask('stage'), { code: 'offline', constructor: engine.SearchError });
    fault = () => new Response('no such compression');
    await assert.rejects(index.ask('stage'), { code: 'damaged' });
    fault = null;
    assert.ok((await index.ask('stage')).total > 0);
  });

  it('an answer that nobody waits for any more is dropped', async () => {
    await assert.rejects(index.ask('stage', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });
});

it('a first answer is small', async () => {
  const { index, fetch } = await openFolder(folder);
  await index.ask('stage discriminatie', { limit: 10 });
  const bytes = fetch.asked.reduce((sum, one) => sum + one.bytes, 0);
  assert.ok(bytes < 60_000, `${bytes} bytes`);
});
