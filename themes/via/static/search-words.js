// Words of a text: folded, stemmed, compared. The same as src/search/analysis.rs and stem.rs do when the index is built;
// tests/vectors/analysis.json holds both to one behaviour.
//
// SPDX-License-Identifier: EUPL-1.2

/** @typedef {{ whole: string, pieces: string[], start: number, end: number }} Token */

const LONGEST_WORD = 64;

const RUN = '[\\p{Alphabetic}\\p{N}\\p{M}\\u00ad]+';
const WORD = new RegExp(`${RUN}(?:[-\u2010\u2011'\u2019]${RUN})*`, 'gu');
/** @type {Record<string, string>} */
const LETTERS = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

/** @param {string} word */
export function fold(word) {
  let folded = word.toLowerCase();
  if (/[^a-z\d]/.test(folded)) {
    folded = folded.normalize('NFKD').replace(/[\p{M}\u00ad]/gu, '').replace(/[ßæœøłđı]/g, (letter) => LETTERS[letter]);
  }
  return folded.length > LONGEST_WORD ? [...folded].slice(0, LONGEST_WORD).join('') : folded;
}

/**
 * The words of a text, in order.
 * @param {string} text
 * @returns {Generator<Token>}
 */
export function* tokens(text) {
  for (const match of text.matchAll(WORD)) {
    const parts = match[0].split(/([-\u2010\u2011'\u2019])/);
    let pieces = [fold(parts[0])];
    for (let i = 1; i < parts.length; i += 2) {
      const piece = fold(parts[i + 1]);
      if (/[-\u2010\u2011]/.test(parts[i]) || [...piece].length > 2) pieces.push(piece);
    }
    const whole = [...pieces.join('')].slice(0, LONGEST_WORD).join('');
    if (pieces.length === 1) pieces = [];
    yield { whole, pieces: pieces.filter((piece) => [...piece].length > 1), start: match.index, end: match.index + match[0].length };
  }
}

/**
 * Where the two regions of a word begin that endings must lie in.
 * @param {string} word @param {number} least @param {RegExp} vowel @param {RegExp} other @param {number} [known]
 */
export function regions(word, least, vowel, other, known) {
  const after = (/** @type {number} */ from) => {
    let at = from;
    while (at < word.length && !vowel.test(word[at])) at++;
    while (at < word.length && !other.test(word[at])) at++;
    return Math.min(at + 1, word.length);
  };
  const first = known ?? after(0);
  return [Math.max(first, least), after(first)];
}

/**
 * What is known of a language's words, once its module has come; a word of another language is only folded.
 * @type {Record<string, { stem: (word: string) => string, candidates?: (word: string) => string[], sound?: (word: string) => string }>}
 */
export const LANGUAGES = {};

/** @type {Map<string, string>} */
const stems = new Map();

/**
 * What a folded word and its inflections have in common.
 * @param {string} word
 * @param {string} language
 */
export function stem(word, language) {
  const known = LANGUAGES[language];
  if (!known || !/^[a-z]+$/.test(word)) return word;
  const key = `${language}:${word}`;
  let found = stems.get(key);
  if (found === undefined) {
    if (stems.size > 20000) stems.clear();
    stems.set(key, (found = known.stem(word)));
  }
  return found;
}

/**
 * How many letters must be typed differently (Damerau and Levenshtein, neighbours swapped count as one), up to a limit.
 * @param {string} a @param {string} b @param {number} limit
 */
export function distance(a, b, limit) {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let [before, last] = [[0], Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2] + 1);
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    [before, last] = [last, row];
  }
  return last[b.length];
}
