// What the words of a query may mean: their inflections, compounds and their parts, longer words, synonyms, and what was
// meant where a word was mistyped.
//
// SPDX-License-Identifier: EUPL-1.2

import { LANGUAGES, distance, tokens } from './search-words.js';

/**
 * @typedef {import('./search-words.js').Token} Token
 * @typedef {import('./search-files.js').Term} Term
 * @typedef {import('./search-store.js').Store} Store
 * @typedef {import('./search-marks.js').Marks} Marks
 * @typedef {import('./search-engine.js').Note} Note
 * @typedef {{ terms: Term[], weight: number }} Way  a page with all of these terms has the word, and it counts so much
 */

const LINKS = ['', 's', 'en', 'e', 'n', 'er'];

/**
 * What each word means: the ways in which pages can have it. A compound that no page has becomes two words.
 * @param {Store} store @param {Token[]} asked
 * @param {Token | undefined} open  the word that may still grow
 * @param {Marks} marks @param {Note[]} notes
 * @returns {Promise<Way[][]>}
 */
export async function meanings(store, asked, open, marks, notes) {
  const more = await together(store, asked, marks);
  /** @type {Note[][]} */
  const told = asked.map(() => []);
  const words = await Promise.all(
    asked.map(async (token, number) => {
      const { whole } = token;
      const ways = [...(await waysOf(store, token, token === open, marks, number)), ...more[number]];
      if (ways.length > 0) return [ways];
      const instead = (/** @type {string[]} */ words) =>
        Promise.all(words.map((word) => waysOf(store, { ...token, whole: word, pieces: [] }, false, marks, number)));
      const parts = await split(store, whole);
      if (parts.length === 2) return instead(parts);
      const better = await correct(store, whole);
      const left = better ?? parts[0];
      if (!left) {
        told[number].push({ code: 'unknown', from: whole });
        return [[]];
      }
      told[number].push({ code: better ? 'typing' : 'part', from: whole, to: left });
      return (await instead([left])).map((ways) => ways.map((way) => ({ ...way, weight: way.weight * 0.8 })));
    }),
  );
  // In the order of the words, whichever answer came first.
  notes.push(...told.flat());
  return words.flat();
}

/**
 * @param {Store} store @param {Token} token @param {boolean} open @param {Marks} marks @param {number} number
 * @returns {Promise<Way[]>}
 */
async function waysOf(store, { whole, pieces }, open, marks, number) {
  /** @type {Way[]} */
  const ways = [];
  const stem = store.stem(whole);
  const term = await store.term(stem);
  marks.add(stem, whole, number);
  if (term) ways.push({ terms: [term], weight: 1 });
  for (const near of term && whole.length > 3 ? term.shard.terms : []) {
    // A word that goes on a little is often of the same family: coach and coaching, fair and fairer.
    if (near === term || !near.words.some(({ text }) => text.startsWith(whole) && text.length <= whole.length + 3)) continue;
    ways.push({ terms: [near], weight: 0.35 });
    marks.add(near.stem, near.stem, number);
  }
  if (pieces.length === 0) {
    for (const base of LANGUAGES[store.manifest.language]?.candidates?.(whole) ?? []) {
      const from = await store.term(store.stem(base));
      if (!from || from === term) continue;
      ways.push({ terms: [from], weight: 0.6 });
      marks.add(from.stem, base, number);
    }
  }
  if (!term && open && pieces.length === 0 && whole.length > 1) {
    const terms = await longer(store, whole);
    const all = store.rarity(Math.min(terms.reduce((sum, { pages }) => sum + pages, 0), store.manifest.size));
    for (const term of terms) ways.push({ terms: [term], weight: Math.min(1, all / store.rarity(term.pages)) });
    if (terms.length > 0) marks.prefix(whole, number);
  }
  const parts = pieces.length > 1 ? pieces : ((term?.words.find(({ text }) => text === whole) ?? term?.words[0])?.parts ?? []);
  if (parts.length > 1) {
    const terms = await Promise.all(parts.map((part) => store.term(store.stem(part))));
    if (terms.every((term) => term)) {
      ways.push({ terms: /** @type {Term[]} */ (terms), weight: 0.7 });
      for (const part of parts) marks.add(store.stem(part), part, number);
    }
  }
  return ways;
}

/** Terms of which a word begins so. @param {Store} store @param {string} start @returns {Promise<Term[]>} */
async function longer(store, start) {
  if (!store.manifest.terms) return [];
  // A stem may end otherwise than its words go on: huizen is huis, lopen is lop.
  const cut = start.replace(/z$/, 's').replace(/v$/, 'f').replace(/([aeou])\1$/, '$1');
  const places = new Set();
  for (const one of [start, cut]) {
    // A short beginning has many words; those of the first few shards will do until more is typed.
    const first = store.place(one);
    const last = Math.min(store.place(`${one}\uffff`), first + 2);
    for (let place = first; place <= last; place++) places.add(place);
  }
  const shards = await Promise.all([...places].map((place) => store.shard(place)));
  const terms = shards.flatMap((shard) => shard.terms.filter(({ words }) => words.some(({ text }) => text.startsWith(start))));
  return terms.sort((a, b) => b.pages - a.pages).slice(0, 24);
}

/**
 * The two parts of a compound that no page has, or the one of them that pages have.
 * @param {Store} store @param {string} word
 */
async function split(store, word) {
  if (store.manifest.language !== 'nl' || word.length < 7 || !/^[a-z]+$/.test(word)) return [];
  const first = store.place(word.slice(0, 3));
  let longest = '';
  for (let end = word.length - 4, tries = 0; end >= 3 && tries < 6; end--) {
    const left = word.slice(0, end);
    if (store.place(store.stem(left)) < first || !(await store.term(store.stem(left)))) continue;
    if (end > 3) longest ||= left;
    for (const link of LINKS) {
      const right = word.slice(end + link.length);
      if (!word.startsWith(link, end) || right.length < 4) continue;
      tries++;
      if (await store.term(store.stem(right))) return [left, right];
    }
  }
  return longest ? [longest] : [];
}

/** The word that was most likely meant. @param {Store} store @param {string} word @returns {Promise<string | null>} */
async function correct(store, word) {
  const limit = word.length > 7 ? 2 : word.length > 3 ? 1 : 0;
  if (limit === 0 || /\d/.test(word)) return null;
  // The first letter may be wrong too: swapped with the second, too many, or one that sounds alike.
  const alike = ['ck', 'fv', 'sz', 'ijy', 'gh', 'oa'].filter((pair) => pair.includes(word[0])).join('');
  let best = null;
  for (const letter of new Set([word[0], word[1], ...alike])) {
    for (const { text, count } of await store.spelling(letter)) {
      const steps = distance(word, text, limit);
      const score = steps * 8 - count + (text[0] === word[0] ? 0 : 4);
      if (steps <= limit && (!best || score < best.score)) best = { text, score };
    }
    if (best && best.score < 8) break;
  }
  const { sound } = LANGUAGES[store.manifest.language] ?? {};
  if (best || !sound) return best?.text ?? null;
  const sounds = sound(word);
  return (await store.spelling(word[0])).find(({ text }) => sound(text) === sounds)?.text ?? null;
}

/**
 * Words that stand side by side may be one word on pages, and one or more may have a synonym.
 * @param {Store} store @param {Token[]} asked @param {Marks} marks
 * @returns {Promise<Way[][]>}
 */
async function together(store, asked, marks) {
  const own = asked.map(({ whole }) => store.stem(whole));
  /** @type {Way[][]} */
  const ways = own.map(() => []);
  for (let from = 0; from < own.length; from++) {
    for (let to = from + 1; to <= Math.min(own.length, from + 4); to++) {
      for (const means of store.synonyms.get(own.slice(from, to).join(' ')) ?? []) {
        const terms = await Promise.all(means.map((stem) => store.term(stem)));
        if (!terms.every((term) => term)) continue;
        for (let i = from; i < to; i++) ways[i].push({ terms: /** @type {Term[]} */ (terms), weight: 0.6 });
        for (const stem of means) marks.add(stem, stem, from);
      }
    }
    for (const link of from + 1 < own.length ? ['', 's'] : []) {
      const stem = store.stem(asked[from].whole + link + asked[from + 1].whole);
      // Only where it costs no further file.
      const term = store.place(stem) === store.place(own[from]) ? await store.term(stem) : undefined;
      if (!term) continue;
      ways[from].push({ terms: [term], weight: 1 });
      ways[from + 1].push({ terms: [term], weight: 1 });
    }
  }
  return ways;
}

/** A query with other words for those that were mistyped. @param {string} text @param {Note[]} notes */
export function corrected(text, notes) {
  const better = new Map(notes.filter(({ code }) => code === 'typing').map(({ from, to }) => [from, to]));
  const words = [...tokens(text)].filter(({ whole }) => better.has(whole)).reverse();
  return words.reduce((text, { whole, start, end }) => text.slice(0, start) + better.get(whole) + text.slice(end), text);
}
