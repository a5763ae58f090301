// Asks a search index that via-site wrote. No DOM: it runs in a browser and under Node alike.
//
//     const index = await open('https://example.org/search/nl/');
//     const { results } = await index.ask('stage "gelijke kansen" -loon kind:vraag');
//
// SPDX-License-Identifier: EUPL-1.2

/**
 * @typedef {{ text: string, mark: boolean }} Segment
 * @typedef {{ value: string, label: string }} Choice
 * @typedef {{ name: string, label: string, values: Choice[] }} Facet
 * @typedef {{ text: string, words: string[], phrases: string[], excluded: string[], filters: Record<string, string[]> }} Query
 * @typedef {{ page: number, url: string, id: string, kind: string, kindLabel: string, language: string, title: Segment[],
 *   badges: { name: string, value: string, label: string }[], excerpt: Segment[],
 *   heading: { title: string, anchor: string } | null, score: number }} Result
 * @typedef {{ code: 'typing' | 'unknown' | 'shortened', from?: string, to?: string }} Note
 * @typedef {{ query: Query, total: number, results: Result[], groups: { kind: string, label: string, total: number }[],
 *   facets: { name: string, label: string, values: (Choice & { count: number })[] }[],
 *   suggestion: string | null, notes: Note[] }} Answer
 * @typedef {{ filters?: Record<string, string[]>, limit?: number, offset?: number, facets?: boolean, signal?: AbortSignal }} Options
 *
 * @typedef {import('./search-words.js').Token} Token
 * @typedef {import('./search-files.js').Manifest} Manifest
 * @typedef {import('./search-files.js').RawFacet} RawFacet
 * @typedef {import('./search-files.js').Shard} Shard
 * @typedef {import('./search-files.js').Term} Term
 * @typedef {import('./search-files.js').Card} Card
 * @typedef {{ terms: Term[], weight: number }} Way  all of these terms on a page count as the word, so much
 * @typedef {{ scores: Float32Array, sections: Uint8Array, worth: number }} Found
 */

import { Reader, decoder, readColumns, readShard, readSpelling } from './search-files.js';
import { Marks } from './search-marks.js';
import { STEMMERS, distance, fold, stem, tokens } from './search-words.js';

const FORMAT = 1;
const MOST_WORDS = 12;
const LONGEST_QUERY = 2000;
const KEPT = 160;
const IN_TITLE = 15;

/** Why an index could not be read. */
export class SearchError extends Error {
  /**
   * @param {'missing' | 'stale' | 'offline' | 'damaged'} code
   * @param {string} file
   */
  constructor(code, file) {
    super(`${code}: ${file}`);
    this.code = code;
  }
}

/**
 * Opens an index. Only its manifest is read; the rest when it is needed.
 * @param {string | URL} address  of the index' folder, with a slash at the end
 * @param {{ fetch?: typeof globalThis.fetch }} [options]
 */
export async function open(address, options = {}) {
  const index = new Index(String(address), options.fetch ?? globalThis.fetch.bind(globalThis));
  await index.again('no-cache').catch(() => index.again('reload'));
  return index;
}

export class Index {
  /** @type {Map<string, Promise<any>>} */
  #kept = new Map();
  /** @type {Manifest} */
  #manifest = /** @type {any} */ (null);
  /** @type {string[]} */
  #starts = [];
  /** @type {Set<string>} */
  #functionWords = new Set();
  /** @type {Map<string, string[][]>} */
  #synonyms = new Map();
  /** @type {Facet[]} */
  facets = [];
  size = 0;
  #address;
  #fetch;

  /** @param {string} address @param {typeof globalThis.fetch} fetch */
  constructor(address, fetch) {
    this.#address = address;
    this.#fetch = fetch;
  }

  /**
   * Reads the manifest again.
   * @param {RequestCache} cache
   */
  async again(cache) {
    const bytes = await this.#bytes('manifest.bin', cache);
    /** @type {Manifest} */
    let manifest;
    try {
      manifest = JSON.parse(decoder.decode(bytes));
    } catch {
      throw new SearchError('damaged', 'manifest.bin');
    }
    if (manifest.format !== FORMAT) throw new SearchError('stale', 'manifest.bin');
    if (manifest.language === 'en') STEMMERS.en = (await import('./search-english.js')).english;
    this.#manifest = manifest;
    this.#kept.clear();
    this.#starts = manifest.starts ? manifest.starts.split(' ') : [];
    this.#functionWords = new Set(manifest.functionWords.split(' '));
    this.#synonyms.clear();
    for (const [from, to] of manifest.synonyms) {
      const key = this.#stemsOf(from).join(' ');
      const means = this.#stemsOf(to);
      const known = this.#synonyms.get(key) ?? [];
      if (means.length > 0 && means.join(' ') !== key && !known.some((other) => other.join() === means.join())) {
        this.#synonyms.set(key, [...known, means]);
      }
    }
    const facet = (/** @type {RawFacet} */ [name, label, values]) => ({ name, label, values: values.map(([value, label]) => ({ value, label })) });
    const kinds = manifest.kinds.map(([value, label]) => /** @type {[string, string]} */ ([value, label]));
    this.facets = [['kind', manifest.kindLabel, kinds], ...manifest.facets].map((raw) => facet(/** @type {RawFacet} */ (raw)));
    this.size = manifest.size;
  }

  /** @param {string} text */
  #stemsOf(text) {
    return [...tokens(text)].filter(({ whole }) => !this.#functionWords.has(whole)).map(({ whole }) => this.#stem(whole));
  }

  /** @param {string} word */
  #stem(word) {
    return stem(word, this.#manifest.language);
  }

  /** @param {string} file @param {RequestCache} [cache] */
  async #bytes(file, cache = 'default') {
    let response;
    try {
      response = await this.#fetch(this.#address + file, { cache });
    } catch {
      throw new SearchError('offline', file);
    }
    if (!response.ok || !response.body) throw new SearchError('missing', file);
    try {
      const plain = response.body.pipeThrough(new DecompressionStream('deflate'));
      return new Uint8Array(await new Response(plain).arrayBuffer());
    } catch {
      throw new SearchError('damaged', file);
    }
  }

  /**
   * A file that was read before, or is read now; those not used for long are forgotten.
   * @template T
   * @param {string} letter @param {number | string} number @param {string} marks @param {number} place
   * @param {(bytes: Uint8Array) => T} read
   * @returns {Promise<T>}
   */
  #file(letter, number, marks, place, read) {
    const file = `${letter}${number}-${marks.slice(place * 8, place * 8 + 8)}.bin`;
    const known = this.#kept.get(file);
    this.#kept.delete(file);
    const found = known ?? this.#bytes(file).then((bytes) => {
      try {
        return read(bytes);
      } catch {
        throw new SearchError('damaged', file);
      }
    });
    this.#kept.set(file, found);
    if (!known) found.catch(() => this.#kept.delete(file));
    if (this.#kept.size > KEPT) this.#kept.delete(/** @type {string} */ (this.#kept.keys().next().value));
    return found;
  }

  /** @param {number} number @returns {Promise<Shard>} */
  #shard(number) {
    return this.#file('t', number, this.#manifest.terms, number, (bytes) => readShard(number, bytes));
  }

  /** @param {string} stem  the number of the shard that it would stand in */
  #place(stem) {
    let [from, to] = [0, this.#starts.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#starts[middle] <= stem) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** @param {string} stem @returns {Promise<Term | undefined>} */
  async #term(stem) {
    if (!this.#manifest.terms) return undefined;
    const { terms } = await this.#shard(this.#place(stem));
    return terms.find((term) => term.stem === stem);
  }

  /** @param {number} pages */
  #rarity(pages) {
    return Math.log(1 + (this.size - pages + 0.5) / (pages + 0.5));
  }

  /** @param {Term} term @param {(page: number, impact: number, section: number) => void} visit */
  #visit({ pages, steps, impacts, shard }, visit) {
    const reader = new Reader(shard.bytes, steps);
    for (let i = 0, page = 0; i < pages; i++) {
      page += reader.number();
      const byte = shard.bytes[impacts + i];
      visit(page, (byte >> 4) + 1, byte & 15);
    }
  }

  /**
   * The positions of a term, by page.
   * @param {Term} term
   * @returns {Promise<Map<number, number[]>>}
   */
  async #positions(term) {
    const { positions, shardsPerPositions: group } = this.#manifest;
    const number = Math.floor(term.shard.number / group);
    const bytes = await this.#file('p', number, positions, number, (bytes) => bytes);
    const reader = new Reader(bytes);
    const lengths = Array.from({ length: group }, () => reader.number());
    for (let shard = number * group; shard < term.shard.number; shard++) reader.at += /** @type {number} */ (lengths.shift());
    for (let skip = term.place; skip > 0; skip--) reader.at = reader.number() + reader.at;
    reader.number();
    const found = new Map();
    this.#visit(term, (page) => {
      let position = 0;
      found.set(page, Array.from({ length: reader.number() }, () => (position += reader.number())));
    });
    return found;
  }

  /**
   * Answers a query. Any string is one.
   * @param {string} query
   * @param {Options} [options]
   * @returns {Promise<Answer>}
   */
  async ask(query, options = {}) {
    const { generation } = this.#manifest;
    try {
      return await this.#ask(query, options);
    } catch (error) {
      if (!(error instanceof SearchError)) throw error;
      await this.again('reload');
      try {
        return await this.#ask(query, options);
      } catch (again) {
        if (again instanceof SearchError && again.code === 'missing' && generation !== this.#manifest.generation) {
          throw new SearchError('stale', again.message);
        }
        throw again;
      }
    }
  }

  /** @param {string} text */
  #parse(text) {
    const short = text.slice(0, LONGEST_QUERY);
    /** @type {Query} */
    const query = { text: short.trim(), words: [], phrases: [], excluded: [], filters: {} };
    let count = 0;
    for (const [, minus, name, inner, bare] of short.matchAll(/(?<!\S)(-?)(?:([^\s":„“”]+):(?=\S))?(?:["„“”]([^"„“”]*)["„“”]?|(\S+))/gu)) {
      const content = inner ?? bare;
      const facet = name ? this.facets.find((facet) => fold(facet.name) === fold(name) || fold(facet.label) === fold(name)) : undefined;
      const choice = facet?.values.find(({ value, label }) => [value, label].some((own) => plain(own) === plain(content)));
      if (facet && choice && !minus) {
        (query.filters[facet.name] ??= []).push(choice.value);
        continue;
      }
      const words = [...tokens(name ? `${name} ${content}` : content)];
      if (words.length === 0) continue;
      count += words.length;
      if (count > MOST_WORDS) break;
      const whole = name ? `${name}:${content}` : content;
      if (minus) query.excluded.push(whole);
      else if (inner === undefined) query.words.push(whole);
      else query.phrases.push(whole);
    }
    return { query, shortened: count > MOST_WORDS || short.length < text.length };
  }

  /** @param {string} text @param {Options} options @returns {Promise<Answer>} */
  async #ask(text, { filters = {}, limit = 20, offset = 0, facets = true, signal }) {
    const { query, shortened } = this.#parse(text);
    /** @type {Note[]} */
    const notes = shortened ? [{ code: 'shortened' }] : [];
    const marks = new Marks(this.#manifest.language);
    /** @type {Found[]} */
    const found = [];
    let suggestion = query.text;

    const typed = query.words.flatMap((word) => [...tokens(word)]);
    const telling = typed.filter(({ whole }) => !this.#functionWords.has(whole));
    const open = /\S$/.test(text) && typed.length > 0 && query.words.length > 0 && text.trimEnd().endsWith(query.words[query.words.length - 1]);
    const asked = telling.length > 0 || query.phrases.length > 0 ? telling : typed;
    const ways = await Promise.all(
      asked.map(async (token, i) => {
        const ways = await this.#ways(token, open && token === typed[typed.length - 1], marks, i);
        if (ways.length > 0) return ways;
        const better = await this.#correct(token.whole);
        if (!better) {
          notes.push({ code: 'unknown', from: token.whole });
          return [];
        }
        notes.push({ code: 'typing', from: token.whole, to: better });
        suggestion = replaceWord(suggestion, token.whole, better);
        return (await this.#ways({ ...token, whole: better, pieces: [] }, false, marks, i)).map((way) => ({ ...way, weight: way.weight * 0.8 }));
      }),
    );
    await this.#together(asked, ways, marks);
    signal?.throwIfAborted();
    for (const of of ways) found.push(this.#score(of));

    const all = new Uint8Array(this.size).fill(1);
    for (const phrase of query.phrases) {
      const own = await this.#phrase(phrase, marks, asked.length);
      if (!own) continue;
      found.push(own);
      for (let page = 0; page < this.size; page++) if (own.scores[page] === 0) all[page] = 0;
    }
    for (const excluded of query.excluded) {
      const words = [...tokens(excluded)];
      if (words.length > 1) {
        const own = await this.#phrase(excluded, null, 0);
        own?.scores.forEach((score, page) => score > 0 && (all[page] = 0));
      } else {
        const term = await this.#term(this.#stem(words[0].whole));
        if (term) this.#visit(term, (page) => (all[page] = 0));
      }
    }
    signal?.throwIfAborted();

    const chosen = this.facets.map(({ name }) => [...(query.filters[name] ?? []), ...(filters[name] ?? [])]);
    const nothing = found.length === 0 && query.excluded.length === 0 && chosen.every((values) => values.length === 0);
    const { scores, pages } = this.#combine(found, all);
    const { matches, counts } = await this.#narrow(pages, chosen, facets);
    signal?.throwIfAborted();
    if (found.length > 0) matches.sort((a, b) => scores[b] - scores[a] || a - b);
    const total = nothing ? 0 : matches.length;
    const shown = nothing ? [] : matches.slice(offset, offset + limit);
    const results = await Promise.all(shown.map((page) => this.#result(page, scores[page], found, marks)));
    const kinds = this.#manifest.kinds.map(([kind, label], i) => ({ kind, label, total: nothing ? 0 : counts.kinds[i] }));
    return {
      query: { ...query, filters: Object.fromEntries(this.facets.map(({ name }, i) => [name, chosen[i]]).filter(([, values]) => values.length > 0)) },
      total,
      results,
      groups: kinds.filter((group) => group.total > 0),
      facets: this.facets.map((facet, i) => ({
        ...facet,
        values: facet.values.map((value, j) => ({ ...value, count: counts.facets[i]?.[j] ?? 0 })),
      })),
      suggestion: suggestion === query.text ? null : suggestion,
      notes,
    };
  }

  /**
   * The ways in which pages can have a word.
   * @param {Token} token @param {boolean} open  whether more letters may follow
   * @param {Marks} marks @param {number} number
   * @returns {Promise<Way[]>}
   */
  async #ways({ whole, pieces }, open, marks, number) {
    /** @type {Way[]} */
    const ways = [];
    const stem = this.#stem(whole);
    const term = await this.#term(stem);
    marks.add(stem, whole, number);
    if (term) ways.push({ terms: [term], weight: 1 });
    const word = term?.words.find(({ text }) => text === whole) ?? term?.words[0];
    let parts = pieces.length > 1 ? pieces : (word?.parts ?? []);
    if (!term && pieces.length === 0) {
      if (open && whole.length > 1) {
        const longer = await this.#longer(whole);
        const pages = longer.reduce((sum, { pages }) => sum + pages, 0);
        for (const term of longer) ways.push({ terms: [term], weight: Math.min(1, this.#rarity(Math.min(pages, this.size)) / this.#rarity(term.pages)) });
        if (longer.length > 0) marks.prefix(whole, number);
      }
      if (ways.length === 0) parts = await this.#split(whole);
    }
    if (parts.length > 1) {
      const terms = await Promise.all(parts.map((part) => this.#term(this.#stem(part))));
      if (terms.every((term) => term)) {
        ways.push({ terms: /** @type {Term[]} */ (terms), weight: 0.7 });
        for (const part of parts) marks.add(this.#stem(part), part, number);
      }
    }
    return ways;
  }

  /** Terms of which a word begins so. @param {string} start @returns {Promise<Term[]>} */
  async #longer(start) {
    if (!this.#manifest.terms) return [];
    // A stem may end otherwise than its words go on: huizen is huis, lopen is lop.
    const cut = start.replace(/z$/, 's').replace(/v$/, 'f').replace(/([aeou])\1$/, '$1');
    const places = new Set([start, cut].flatMap((one) => [this.#place(one), this.#place(`${one}\uffff`)]));
    const shards = await Promise.all([...places].map((place) => this.#shard(place)));
    const terms = shards.flatMap((shard) => shard.terms.filter(({ words }) => words.some(({ text }) => text.startsWith(start))));
    return terms.sort((a, b) => b.pages - a.pages).slice(0, 24);
  }

  /** The two parts of a compound that no page has. @param {string} word */
  async #split(word) {
    if (this.#manifest.language !== 'nl' || word.length < 7 || !/^[a-z]+$/.test(word)) return [];
    let tries = 0;
    for (let end = word.length - 4; end >= 3 && tries < 6; end--) {
      const left = word.slice(0, end);
      if (this.#place(this.#stem(left)) < this.#place(word.slice(0, 3)) || !(await this.#term(this.#stem(left)))) continue;
      for (const link of ['', 's', 'en', 'e', 'n', 'er']) {
        const right = word.slice(end + link.length);
        if (!word.startsWith(link, end) || right.length < 4) continue;
        tries++;
        if (await this.#term(this.#stem(right))) return [left, right];
      }
    }
    return [];
  }

  /** The word that was most likely meant. @param {string} word @returns {Promise<string | null>} */
  async #correct(word) {
    const limit = word.length > 7 ? 2 : word.length > 3 ? 1 : 0;
    if (limit === 0 || /\d/.test(word)) return null;
    const { letters, spelling } = this.#manifest;
    // The first letter may be wrong too: swapped with the second, too many, or one that sounds alike.
    const alike = ['ck', 'fv', 'sz', 'ijy', 'gh', 'oa'].filter((pair) => pair.includes(word[0])).join('');
    const first = new Set([word[0], word[1], ...alike]);
    let best = null;
    for (const letter of first) {
      const place = letters.indexOf(letter);
      if (place < 0) continue;
      const known = await this.#file('w', letter, spelling, place, readSpelling);
      for (const { text, count } of known) {
        const steps = distance(word, text, limit);
        const score = steps * 8 - count + (text[0] === word[0] ? 0 : 4);
        if (steps <= limit && (!best || score < best.score)) best = { text, score };
      }
      if (best && best.score < 8) break;
    }
    return best?.text ?? null;
  }

  /**
   * Words that stand side by side may be one word on pages, and several may have a synonym.
   * @param {Token[]} asked @param {Way[][]} ways @param {Marks} marks
   */
  async #together(asked, ways, marks) {
    const own = asked.map(({ whole }) => this.#stem(whole));
    for (let from = 0; from < own.length; from++) {
      for (let to = from + 1; to <= Math.min(own.length, from + 4); to++) {
        for (const means of this.#synonyms.get(own.slice(from, to).join(' ')) ?? []) {
          const terms = await Promise.all(means.map((stem) => this.#term(stem)));
          if (!terms.every((term) => term)) continue;
          for (let i = from; i < to; i++) ways[i].push({ terms: /** @type {Term[]} */ (terms), weight: 0.6 });
          for (const stem of means) marks.add(stem, stem, from);
        }
      }
      if (from + 1 < own.length) {
        for (const link of ['', 's']) {
          const joined = asked[from].whole + link + asked[from + 1].whole;
          const stem = this.#stem(joined);
          if (this.#place(stem) !== this.#place(own[from])) continue;
          const term = await this.#term(stem);
          if (!term) continue;
          for (const i of [from, from + 1]) ways[i].push({ terms: [term], weight: 1 });
        }
      }
    }
  }

  /** How much each page has of a word: its best way. @param {Way[]} ways @returns {Found} */
  #score(ways) {
    const scores = new Float32Array(this.size);
    const sections = new Uint8Array(this.size);
    let worth = 0;
    for (const { terms, weight } of ways) {
      const best = Math.max(...terms.map(({ pages }) => this.#rarity(pages)));
      worth = Math.max(worth, best * weight);
      const sums = new Float32Array(this.size);
      const counts = new Uint8Array(this.size);
      for (const term of terms) {
        this.#visit(term, (page, impact, section) => {
          sums[page] += (weight * best * impact) / 16 / terms.length;
          if (++counts[page] === terms.length && sums[page] > scores[page]) {
            scores[page] = sums[page];
            sections[page] = section;
          }
        });
      }
    }
    return { scores, sections, worth: worth || this.#rarity(0) };
  }

  /**
   * Pages where words stand one after another; function words stand for any word.
   * @param {string} phrase @param {Marks | null} marks @param {number} number
   * @returns {Promise<Found | null>}
   */
  async #phrase(phrase, marks, number) {
    /** @type {{ whole: string, at: number }[]} */
    const words = [];
    let at = 0;
    for (const { whole, pieces } of tokens(phrase)) {
      if (!this.#functionWords.has(whole)) words.push({ whole, at });
      at += Math.max(pieces.length, 1);
    }
    if (words.length === 0) return null;
    const terms = [];
    for (const { whole } of words) {
      const term = await this.#term(this.#stem(whole));
      if (!term) return { scores: new Float32Array(this.size), sections: new Uint8Array(this.size), worth: 1 };
      terms.push(term);
      marks?.add(this.#stem(whole), whole, number + terms.length);
    }
    const found = this.#score([{ terms, weight: 1.5 }]);
    if (terms.length === 1) return found;
    const places = await Promise.all(terms.map((term) => this.#positions(term)));
    for (let page = 0; page < this.size; page++) {
      if (found.scores[page] === 0) continue;
      const sets = places.map((of) => new Set(of.get(page)));
      const stands = [...sets[0]].some((start) => sets.every((set, i) => set.has(start + words[i].at - words[0].at)));
      if (!stands) found.scores[page] = 0;
    }
    return found;
  }

  /** @param {Found[]} found @param {Uint8Array} all */
  #combine(found, all) {
    const scores = new Float32Array(this.size);
    const shares = new Float32Array(this.size);
    const worth = found.reduce((sum, one) => sum + one.worth, 0);
    for (const one of found) {
      for (let page = 0; page < this.size; page++) {
        if (one.scores[page] > 0) {
          scores[page] += one.scores[page];
          shares[page] += one.worth / worth;
        }
      }
    }
    let [best, full] = [0, 0];
    for (let page = 0; page < this.size; page++) {
      scores[page] *= shares[page] ** 2;
      if (all[page] && shares[page] > best) best = shares[page];
    }
    for (let page = 0; page < this.size; page++) if (all[page] && shares[page] >= best * 0.99) full++;
    // Pages with fewer of the words only come along where few have them all.
    const least = found.length === 0 ? 0 : best * (full < 10 ? 0.45 : 0.65);
    const pages = [];
    for (let page = 0; page < this.size; page++) {
      if (all[page] && (found.length === 0 || (shares[page] > 0 && shares[page] >= least))) pages.push(page);
    }
    return { scores, pages };
  }

  /**
   * The pages with the chosen values, and how many there would be with each other value.
   * @param {number[]} pages @param {string[][]} chosen  by facet @param {boolean} counted
   */
  async #narrow(pages, chosen, counted) {
    const { kinds, columns } = this.#manifest;
    const kindOf = new Uint16Array(this.size);
    for (let kind = 0, page = 0; kind < kinds.length; kind++) kindOf.fill(kind, page, (page += kinds[kind][2]));
    const needed = columns && (counted || chosen.some((values, i) => i > 0 && values.length > 0));
    const read = needed ? await this.#file('f', '', columns, 0, (bytes) => readColumns(bytes, this.#manifest)) : [];
    const tables = [{ sets: kinds.map((_, kind) => [kind]), column: kindOf }, ...read];
    const wanted = this.facets.map(({ values }, i) => {
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
    const facets = tables.map(({ sets }, i) => {
      const counts = new Uint32Array(this.facets[i].values.length);
      sets.forEach((set, j) => set.forEach((value) => (counts[value] += tallies[i][j])));
      return counts;
    });
    return { matches, counts: { facets, kinds: byKind } };
  }

  /** @param {number} page @param {number} score @param {Found[]} found @param {Marks} marks @returns {Promise<Result>} */
  async #result(page, score, found, marks) {
    const { cards, cardsPerBlock, kinds, badges, language } = this.#manifest;
    const block = Math.floor(page / cardsPerBlock);
    /** @type {Card[]} */
    const read = await this.#file('c', block, cards, block, (bytes) => JSON.parse(decoder.decode(bytes)));
    const [id, title, address, own, sections] = read[page % cardsPerBlock];
    let kind = 0;
    for (let first = 0; page >= first + kinds[kind][2]; kind++) first += kinds[kind][2];
    const best = found.reduce((/** @type {Found | null} */ best, one) => (one.scores[page] > (best?.scores[page] ?? 0) ? one : best), null);
    const texts = sections.filter((_, i) => i % 3 === 2);
    const excerpt = marks.excerpt(texts);
    const section = excerpt.found ? excerpt.section : best && best.sections[page] < IN_TITLE ? best.sections[page] : 0;
    const heading = section > 0 && sections[section * 3 + 1] ? { title: sections[section * 3], anchor: sections[section * 3 + 1] } : null;
    return {
      page,
      url: address || `${kinds[kind][3]}${id}.html`,
      id,
      kind: kinds[kind][0],
      kindLabel: kinds[kind][1],
      language,
      title: marks.mark(title),
      badges: own.flatMap((badge, i) => {
        if (i % 2) return [];
        const [name, , values] = badges[badge];
        const [value, label] = values[own[i + 1]];
        return { name, value, label };
      }),
      excerpt: excerpt.segments,
      heading,
      score,
    };
  }
}

/** A name or label as it may be typed. @param {string} text */
function plain(text) {
  return [...tokens(text.replaceAll('_', ' '))].map(({ whole, pieces }) => (pieces.length > 0 ? pieces.join(' ') : whole)).join(' ');
}

/** @param {string} text @param {string} from  folded @param {string} to */
function replaceWord(text, from, to) {
  for (const { whole, start, end } of tokens(text)) if (whole === from) return text.slice(0, start) + to + text.slice(end);
  return text;
}
