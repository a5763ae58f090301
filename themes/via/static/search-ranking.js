// How well pages answer a query: BM25 with what the index worked out beforehand, and how many of the words they have.
//
// SPDX-License-Identifier: EUPL-1.2

import { tokens } from './search-words.js';

/**
 * @typedef {import('./search-store.js').Store} Store
 * @typedef {import('./search-meaning.js').Way} Way
 * @typedef {import('./search-marks.js').Marks} Marks
 * @typedef {{ scores: Float32Array, sections: Uint8Array, worth: number }} Found  a word, by page: how much, and where
 */

/** How much each page has of a word: its best way. @param {Store} store @param {Way[]} ways @returns {Found} */
export function score(store, ways) {
  const { size } = store.manifest;
  const scores = new Float32Array(size);
  const sections = new Uint8Array(size);
  let worth = 0;
  for (const { terms, weight } of ways) {
    const best = Math.max(...terms.map(({ pages }) => store.rarity(pages)));
    worth = Math.max(worth, best * weight);
    const sums = new Float32Array(size);
    const counts = new Uint8Array(size);
    for (const term of terms) {
      store.visit(term, (page, impact, section) => {
        sums[page] += (weight * best * impact) / 16 / terms.length;
        if (++counts[page] === terms.length && sums[page] > scores[page]) {
          scores[page] = sums[page];
          sections[page] = section;
        }
      });
    }
  }
  return { scores, sections, worth: worth || store.rarity(0) };
}

/**
 * Pages where words stand one after another; function words stand for any word.
 * @param {Store} store @param {string} phrase @param {Marks | null} marks @param {number} number
 * @returns {Promise<Found | null>}
 */
export async function inPhrase(store, phrase, marks, number) {
  const { size } = store.manifest;
  /** @type {{ whole: string, at: number }[]} */
  const words = [];
  let at = 0;
  for (const { whole, pieces } of tokens(phrase)) {
    if (!store.functionWords.has(whole)) words.push({ whole, at });
    at += Math.max(pieces.length, 1);
  }
  if (words.length === 0) return null;
  const terms = [];
  for (const { whole } of words) {
    const term = await store.term(store.stem(whole));
    if (!term) return { scores: new Float32Array(size), sections: new Uint8Array(size), worth: 1 };
    terms.push(term);
    marks?.add(store.stem(whole), whole, number + terms.length);
  }
  const found = score(store, [{ terms, weight: 1.5 }]);
  if (terms.length === 1) return found;
  const places = await Promise.all(terms.map((term) => store.positions(term)));
  for (let page = 0; page < size; page++) {
    if (found.scores[page] === 0) continue;
    const sets = places.map((of) => new Set(of.get(page)));
    const stands = [...sets[0]].some((start) => sets.every((set, i) => set.has(start + words[i].at - words[0].at)));
    if (!stands) found.scores[page] = 0;
  }
  return found;
}

/**
 * The pages that have most of what was asked, and how well each answers it.
 * @param {Found[]} found @param {Uint8Array} allowed
 */
export function combine(found, allowed) {
  const scores = new Float32Array(allowed.length);
  const shares = new Float32Array(allowed.length);
  const worth = found.reduce((sum, one) => sum + one.worth, 0);
  for (const one of found) {
    for (let page = 0; page < allowed.length; page++) {
      if (one.scores[page] > 0) {
        scores[page] += one.scores[page];
        shares[page] += one.worth / worth;
      }
    }
  }
  let [best, full] = [0, 0];
  for (let page = 0; page < allowed.length; page++) {
    scores[page] *= shares[page] ** 2;
    if (allowed[page] && shares[page] > best) best = shares[page];
  }
  for (let page = 0; page < allowed.length; page++) if (allowed[page] && shares[page] >= best * 0.99) full++;
  // Pages with fewer of the words only come along where few have them all.
  const least = found.length === 0 ? 0 : best * (full < 10 ? 0.45 : 0.65);
  const pages = [];
  for (let page = 0; page < allowed.length; page++) {
    if (allowed[page] && (found.length === 0 || (shares[page] > 0 && shares[page] >= least))) pages.push(page);
  }
  return { scores, pages };
}
