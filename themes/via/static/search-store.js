// What an index holds: fetched when it is needed, and kept while it is used.
//
// SPDX-License-Identifier: EUPL-1.2

import { Reader, decoder, readColumns, readShard, readSpelling } from './search-files.js';
import { LANGUAGES, stem, tokens } from './search-words.js';

/**
 * @typedef {import('./search-files.js').Manifest} Manifest
 * @typedef {import('./search-files.js').Shard} Shard
 * @typedef {import('./search-files.js').Term} Term
 * @typedef {import('./search-files.js').Card} Card
 */

const FORMAT = 1;
const KEPT = 160;

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

/** Fetches what is known of a language's words, if anything is. @param {string} language */
async function learn(language) {
  try {
    if (language === 'nl') LANGUAGES.nl = await import('./search-dutch.js');
    if (language === 'en') LANGUAGES.en = await import('./search-english.js');
  } catch {
    throw new SearchError('offline', `${language}.js`);
  }
}

/** The files of an index in a folder. */
export class Store {
  /** @type {Map<string, Promise<any>>} */
  #kept = new Map();
  /** @type {string[]} */
  #starts = [];
  /** @type {Manifest} */
  manifest = /** @type {any} */ (null);
  /** @type {Set<string>} */
  functionWords = new Set();
  /** @type {Map<string, string[][]>} */
  synonyms = new Map();
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
    await learn(manifest.language);
    this.manifest = manifest;
    this.#kept.clear();
    this.#starts = manifest.starts ? manifest.starts.split('\n') : [];
    this.functionWords = new Set(manifest.functionWords.split(' '));
    this.synonyms.clear();
    for (const [from, to] of manifest.synonyms) {
      const key = this.stemsOf(from).join(' ');
      const means = this.stemsOf(to);
      const known = this.synonyms.get(key) ?? [];
      if (means.length > 0 && means.join(' ') !== key && !known.some((other) => other.join() === means.join())) {
        this.synonyms.set(key, [...known, means]);
      }
    }
  }

  /** The stems of the telling words of a text. @param {string} text */
  stemsOf(text) {
    return [...tokens(text)].filter(({ whole }) => !this.functionWords.has(whole)).map(({ whole }) => this.stem(whole));
  }

  /** @param {string} word */
  stem(word) {
    return stem(word, this.manifest.language);
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
  shard(number) {
    return this.#file('t', number, this.manifest.terms, number, (bytes) => readShard(number, bytes));
  }

  /** @param {string} stem  the number of the shard that it would stand in */
  place(stem) {
    let [from, to] = [0, this.#starts.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#starts[middle] <= stem) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** @param {string} stem @returns {Promise<Term | undefined>} */
  async term(stem) {
    if (!this.manifest.terms) return undefined;
    const { terms } = await this.shard(this.place(stem));
    return terms.find((term) => term.stem === stem);
  }

  /** How much it says that a page has a term (BM25). @param {number} pages  that have it */
  rarity(pages) {
    return Math.log(1 + (this.manifest.size - pages + 0.5) / (pages + 0.5));
  }

  /** All pages of a term, with what the index says of it there. @param {Term} term @param {(page: number, impact: number, section: number) => void} visit */
  visit({ pages, steps, impacts, shard }, visit) {
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
  async positions(term) {
    const { positions, shardsPerPositions: group } = this.manifest;
    const number = Math.floor(term.shard.number / group);
    const bytes = await this.#file('p', number, positions, number, (bytes) => bytes);
    const reader = new Reader(bytes);
    const lengths = Array.from({ length: group }, () => reader.number());
    for (let shard = number * group; shard < term.shard.number; shard++) reader.at += /** @type {number} */ (lengths.shift());
    for (let skip = term.place; skip > 0; skip--) reader.at = reader.number() + reader.at;
    reader.number();
    const found = new Map();
    this.visit(term, (page) => {
      let position = 0;
      found.set(page, Array.from({ length: reader.number() }, () => (position += reader.number())));
    });
    return found;
  }

  /** Whether {@link columns} needs no fetch. */
  get hasColumns() {
    return this.#kept.has(`f-${this.manifest.columns}.bin`);
  }

  /** By what pages can be narrowed. */
  columns() {
    return this.#file('f', '', this.manifest.columns, 0, (bytes) => readColumns(bytes, this.manifest));
  }

  /** The known words with a first letter. @param {string} letter */
  async spelling(letter) {
    const place = this.manifest.letters.indexOf(letter);
    return place < 0 ? [] : this.#file('w', letter, this.manifest.spelling, place, readSpelling);
  }

  /** What results show of a page. @param {number} page @returns {Promise<Card>} */
  async card(page) {
    const { cards, cardsPerBlock } = this.manifest;
    const block = Math.floor(page / cardsPerBlock);
    /** @type {Card[]} */
    const read = await this.#file('c', block, cards, block, (bytes) => JSON.parse(decoder.decode(bytes)));
    return read[page % cardsPerBlock];
  }
}
