// The files of an index, as src/search/shard.rs, card.rs, manifest.rs and spelling.rs write them.
//
// SPDX-License-Identifier: EUPL-1.2

/**
 * @typedef {[name: string, label: string, values: [value: string, label: string, tone?: string][]]} RawFacet
 * @typedef {{ format: number, generation: string, language: string, size: number, kindLabel: string,
 *   kinds: [value: string, label: string, count: number, prefix: string, singular: string | null][], facets: RawFacet[], badges: RawFacet[],
 *   functionWords: string, synonyms: [string, string][], starts: string, terms: string, positions: string,
 *   shardsPerPositions: number, cards: string, cardsPerBlock: number, letters: string, spelling: string, columns: string }} Manifest
 * @typedef {{ stem: string, pages: number, steps: number, impacts: number, words: { text: string, parts: string[] }[],
 *   shard: Shard, place: number }} Term
 * @typedef {{ number: number, bytes: Uint8Array, terms: Term[] }} Shard
 * @typedef {[id: string | [number, string], title: string, address: string, badges: number[], sections: (string | 0)[]]} Card
 */

export const decoder = new TextDecoder();

/** Reads numbers and words from bytes. */
export class Reader {
  /** @param {Uint8Array} bytes @param {number} [at] */
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  number() {
    let [number, shift] = [0, 0];
    for (;;) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('beyond the end');
      number += (byte & 127) * 2 ** shift;
      if (byte < 128) return number;
      shift += 7;
    }
  }

  /** @param {string} other  what the word shares its beginning with */
  word(other) {
    const shared = this.number();
    const length = this.number();
    const fresh = decoder.decode(this.bytes.subarray(this.at, (this.at += length)));
    // The shared part is counted in bytes; for plain letters those are characters.
    return (/^[\0-\x7f]*$/.test(other) ? other.slice(0, shared) : decoder.decode(new TextEncoder().encode(other).subarray(0, shared))) + fresh;
  }
}

/** @param {number} number @param {Uint8Array} bytes @returns {Shard} */
export function readShard(number, bytes) {
  const reader = new Reader(bytes);
  let steps = reader.number() + reader.at;
  const shard = /** @type {Shard} */ ({ number, bytes, terms: [] });
  const lengths = [];
  const count = reader.number();
  for (let place = 0, last = ''; place < count; place++) {
    const term = { stem: (last = reader.word(last)), pages: reader.number(), steps, impacts: 0, words: /** @type {Term['words']} */ ([]), shard, place };
    const length = reader.number();
    steps += length;
    lengths.push(length);
    for (let words = reader.number(); words > 0; words--) {
      const text = reader.word(last);
      const parts = Array.from({ length: reader.number() }, () => {
        const start = reader.number();
        return text.slice(start, start + reader.number());
      });
      term.words.push({ text, parts });
    }
    shard.terms.push(term);
  }
  for (const term of shard.terms) {
    term.impacts = steps;
    steps += term.pages;
  }
  return shard;
}

/** @param {Uint8Array} bytes @param {Manifest} manifest */
export function readColumns(bytes, manifest) {
  const reader = new Reader(bytes);
  return manifest.facets.map(() => {
    const sets = Array.from({ length: reader.number() }, () => Array.from({ length: reader.number() }, () => reader.number()));
    const column = new Uint16Array(manifest.size);
    for (let plane = 0; plane < (sets.length > 256 ? 2 : 1); plane++) {
      for (let page = 0; page < manifest.size; page++) column[page] |= reader.bytes[reader.at++] << (8 * plane);
    }
    return { sets, column };
  });
}

/** @param {Uint8Array} bytes */
export function readSpelling(bytes) {
  const reader = new Reader(bytes);
  let last = '';
  return Array.from({ length: reader.number() }, () => ({ text: (last = reader.word(last)), count: reader.number() }));
}
