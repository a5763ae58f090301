// Asks a search index that via-site wrote. No DOM: it runs in a browser and under Node alike.
//
//     const index = await open('https://example.org/search/nl/');
//     const { results } = await index.ask('stage "gelijke kansen" -loon kind:vraag');
//
// SPDX-License-Identifier: EUPL-1.2

/**
 * @typedef {{ text: string, mark: boolean }} Segment
 * @typedef {{ value: string, label: string, tone?: string }} Choice
 * @typedef {{ name: string, label: string, values: Choice[] }} Facet
 * @typedef {{ text: string, words: string[], phrases: string[], excluded: string[], filters: Record<string, string[]> }} Query
 * @typedef {{ page: number, url: string, id: string, kind: string, kindLabel: string, language: string, title: Segment[],
 *   badges: (Choice & { name: string })[], excerpt: Segment[],
 *   heading: { title: string, anchor: string } | null, score: number }} Result
 * @typedef {{ code: 'typing' | 'part' | 'unknown' | 'shortened', from?: string, to?: string }} Note
 * @typedef {{ query: Query, total: number, results: Result[], groups: { kind: string, label: string, total: number }[],
 *   facets: { name: string, label: string, values: (Choice & { count: number })[] }[],
 *   suggestion: string | null, notes: Note[] }} Answer
 * @typedef {{ filters?: Record<string, string[]>, limit?: number, offset?: number, facets?: boolean, signal?: AbortSignal }} Options
 *
 * @typedef {import('./search-files.js').RawFacet} RawFacet
 * @typedef {import('./search-ranking.js').Found} Found
 */

import { Marks } from './search-marks.js';
import { corrected, meanings } from './search-meaning.js';
import { parse } from './search-query.js';
import { combine, inPhrase, score } from './search-ranking.js';
import { SearchError, Store } from './search-store.js';
import { tokens } from './search-words.js';

export { SearchError };

const IN_TITLE = 15;

/**
 * Opens an index. Only its manifest is read; the rest when it is needed.
 * @param {string | URL} address  of the index' folder, with a slash at the end
 * @param {{ fetch?: typeof globalThis.fetch }} [options]
 */
export async function open(address, options = {}) {
  const store = new Store(String(address), options.fetch ?? globalThis.fetch.bind(globalThis));
  await store.again('no-cache').catch(() => store.again('reload'));
  return new Index(store);
}

export class Index {
  #store;

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  /** How many pages it has. */
  get size() {
    return this.#store.manifest.size;
  }

  /** By what results can be narrowed, their kind first. @returns {Facet[]} */
  get facets() {
    const { kindLabel, kinds, facets } = this.#store.manifest;
    const raw = /** @type {RawFacet[]} */ ([['kind', kindLabel, kinds.map(([value, label]) => [value, label])], ...facets]);
    return raw.map(([name, label, values]) => ({ name, label, values: values.map(([value, label, tone]) => ({ value, label, tone })) }));
  }

  /**
   * Answers a query. Any string is one. Without `facets` the answer does not wait for what tells the facets of every page, a
   * large file on a large site: it has the counts of the kinds, and of all facets only if that file was read before.
   * @param {string} query
   * @param {Options} [options]
   * @returns {Promise<Answer>}
   */
  async ask(query, options = {}) {
    const { generation } = this.#store.manifest;
    try {
      return await this.#ask(query, options);
    } catch (error) {
      if (!(error instanceof SearchError)) throw error;
      // The site may have been published anew: once more, against the manifest as it is now.
      await this.#store.again('reload');
      try {
        return await this.#ask(query, options);
      } catch (again) {
        const stale = again instanceof SearchError && again.code === 'missing' && generation !== this.#store.manifest.generation;
        throw stale ? new SearchError('stale', again.message) : again;
      }
    }
  }

  /** @param {string} text @param {Options} options @returns {Promise<Answer>} */
  async #ask(text, { filters = {}, limit = 20, offset = 0, facets = true, signal }) {
    const store = this.#store;
    const own = this.facets;
    const { query, shortened } = parse(text, own);
    /** @type {Note[]} */
    const notes = shortened ? [{ code: 'shortened' }] : [];
    const marks = new Marks(store.manifest.language);

    const typed = query.words.flatMap((word) => [...tokens(word)]);
    const telling = typed.filter(({ whole }) => !store.functionWords.has(whole));
    // Who asks for function words only means them.
    const asked = telling.length > 0 || query.phrases.length > 0 ? telling : typed;
    const last = query.words.at(-1);
    const growing = last !== undefined && text.endsWith(last) ? typed.at(-1) : undefined;
    const words = await meanings(store, asked, growing, marks, notes);
    signal?.throwIfAborted();
    const found = words.map((ways) => score(store, ways));

    const allowed = new Uint8Array(store.manifest.size).fill(1);
    for (const phrase of query.phrases) {
      const pages = await inPhrase(store, phrase, marks, asked.length);
      if (pages) found.push(pages);
      pages?.scores.forEach((score, page) => score === 0 && (allowed[page] = 0));
    }
    for (const excluded of query.excluded) {
      const pages = await inPhrase(store, excluded, null, 0);
      pages?.scores.forEach((score, page) => score > 0 && (allowed[page] = 0));
    }
    signal?.throwIfAborted();

    const chosen = own.map(({ name }) => [...(query.filters[name] ?? []), ...(filters[name] ?? [])]);
    const nothing = found.length === 0 && query.excluded.length === 0 && chosen.every((values) => values.length === 0);
    const { scores, pages } = combine(found, allowed);
    const { matches, counts, byKind } = await this.#narrow(pages, chosen, facets);
    signal?.throwIfAborted();
    if (found.length > 0) matches.sort((a, b) => scores[b] - scores[a] || a - b);
    const shown = nothing ? [] : matches.slice(offset, offset + limit);
    const results = await Promise.all(shown.map((page) => this.#result(page, scores[page], found, marks)));
    const kinds = store.manifest.kinds.map(([kind, label], i) => ({ kind, label, total: nothing ? 0 : byKind[i] }));
    const better = corrected(query.text, notes);
    return {
      query: { ...query, filters: Object.fromEntries(own.map(({ name }, i) => [name, chosen[i]]).filter(([, values]) => values.length > 0)) },
      total: nothing ? 0 : matches.length,
      results,
      groups: kinds.filter(({ total }) => total > 0),
      facets: own.slice(0, counts.length).map((facet, i) => ({ ...facet, values: facet.values.map((value, j) => ({ ...value, count: counts[i][j] })) })),
      suggestion: better === query.text ? null : better,
      notes,
    };
  }

  /**
   * The pages with the chosen values, and how many there would be with each other value.
   * @param {number[]} pages @param {string[][]} chosen  by facet @param {boolean} counted
   */
  async #narrow(pages, chosen, counted) {
    const { kinds, columns, size } = this.#store.manifest;
    const kindOf = new Uint16Array(size);
    for (let kind = 0, page = 0; kind < kinds.length; kind++) kindOf.fill(kind, page, (page += kinds[kind][2]));
    const needed = columns && (counted || this.#store.hasColumns || chosen.some((values, i) => i > 0 && values.length > 0));
    const read = needed ? await this.#store.columns() : [];
    const tables = [{ sets: kinds.map((_, kind) => [kind]), column: kindOf }, ...read];
    const own = this.facets;
    const wanted = own.map(({ values }, i) => {
      const positions = chosen[i].map((value) => values.findIndex((own) => own.value === value));
      return chosen[i].length === 0 || !tables[i] ? null : tables[i].sets.map((set) => set.some((value) => positions.includes(value)));
    });
    const tallies = tables.map(({ sets }) => new Uint32Array(sets.length));
    const matches = [];
    const byKind = new Uint32Array(kinds.length);
    for (const page of pages) {
      let [failed, where] = [0, -1];
      for (let i = 0; i < tables.length; i++) {
        if (wanted[i] && !wanted[i]?.[tables[i].column[page]]) {
          failed++;
          where = i;
        }
      }
      if (failed === 0) {
        matches.push(page);
        byKind[kindOf[page]]++;
        for (let i = 0; i < tables.length; i++) tallies[i][tables[i].column[page]]++;
      } else if (failed === 1) tallies[where][tables[where].column[page]]++;
    }
    const totals = tables.map(({ sets }, i) => {
      const counts = new Uint32Array(own[i].values.length);
      sets.forEach((set, j) => set.forEach((value) => (counts[value] += tallies[i][j])));
      return counts;
    });
    return { matches, counts: totals, byKind };
  }

  /** @param {number} page @param {number} score @param {Found[]} found @param {Marks} marks @returns {Promise<Result>} */
  async #result(page, score, found, marks) {
    const { kinds, badges, language } = this.#store.manifest;
    const [short, title, address, own, sections] = await this.#store.card(page);
    const id = typeof short === 'string' ? short : plainAnchor(title).slice(0, short[0]) + short[1];
    let kind = 0;
    for (let first = 0; page >= first + kinds[kind][2]; kind++) first += kinds[kind][2];
    const best = found.reduce((/** @type {Found | null} */ best, one) => (one.scores[page] > (best?.scores[page] ?? 0) ? one : best), null);
    const texts = sections.filter((_, i) => i % 3 === 2).map(String);
    const excerpt = marks.excerpt(texts);
    const section = excerpt.found ? excerpt.section : best && best.sections[page] < IN_TITLE ? best.sections[page] : 0;
    const headline = String(sections[section * 3] ?? '');
    const anchor = sections[section * 3 + 1] || plainAnchor(headline);
    const heading = section > 0 && anchor ? { title: headline, anchor: String(anchor) } : null;
    return {
      page,
      url: address || `${kinds[kind][3]}${id}.html`,
      id,
      kind: kinds[kind][0],
      kindLabel: kinds[kind][4] ?? kinds[kind][1],
      language,
      title: marks.mark(title),
      badges: own.flatMap((badge, i) => {
        if (i % 2) return [];
        const [name, , values] = badges[badge];
        const [value, label, tone] = values[own[i + 1]];
        return { name, value, label, tone };
      }),
      excerpt: excerpt.segments,
      heading,
      score,
    };
  }
}

/** As src/search/card.rs makes anchors out of headings. @param {string} text */
function plainAnchor(text) {
  return (text.match(/[a-z\d]+/gi) ?? []).join('-').toLowerCase();
}
