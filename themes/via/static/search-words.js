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
 * Snowball's Dutch stemmer (Porter, 2001).
 * @param {string} word
 */
function dutch(word) {
  let stem = word.replace(/(^|[aeiouy])y/g, '$1Y').replace(/([aeiouy])i(?=[aeiouy])/g, '$1I');
  const [first, second] = regions(stem, 3, /[aeiouy]/, /[^aeiouy]/);
  const undouble = () => {
    if (/(kk|dd|tt)$/.test(stem)) stem = stem.slice(0, -1);
  };
  /** @param {RegExp} ending @param {number} from @param {RegExp} [before] */
  const cut = (ending, from, before) => {
    const at = stem.search(ending);
    if (at < 0 || at < from || (before && !before.test(stem.slice(0, at)))) return false;
    stem = stem.slice(0, at);
    return true;
  };
  const cutEn = (/** @type {RegExp} */ ending) => {
    if (cut(ending, first, /(?<!gem)(?<=[^aeiouy])$/)) undouble();
  };
  const cutE = () => {
    const done = cut(/e$/, first, /[^aeiouy]$/);
    if (done) undouble();
    return done;
  };
  if (/heden$/.test(stem)) {
    if (stem.length - 5 >= first) stem = `${stem.slice(0, -5)}heid`;
  } else if (/ene?$/.test(stem)) cutEn(/ene?$/);
  else cut(/se?$/, first, /[^aeiouyj]$/);
  const lostE = cutE();
  if (cut(/heid$/, second, /[^c]$/)) cutEn(/en$/);
  if (cut(/(end|ing)$/, second)) {
    if (!cut(/ig$/, second, /[^e]$/)) undouble();
  } else if (cut(/lijk$/, second)) cutE();
  else if (!cut(/ig$/, second, /[^e]$/) && !cut(/baar$/, second) && lostE) cut(/bar$/, second);
  stem = stem.replace(/(?<=[^aeiouy])(aa|ee|oo|uu)(?=[^aeiouyI]$)/, (pair) => pair[0]).toLowerCase();
  return finishDutch(stem);
}

/**
 * What Snowball leaves apart although Dutch spells it by rule: studies, stages, kansen, werkt, lessen, sociaal, huizen, brieven.
 * @param {string} stem
 */
function finishDutch(stem) {
  const harden = (/** @type {string} */ stem) => stem.replace(/([^aeiouy])\1$/, '$1').replace(/z$/, 's').replace(/v$/, 'f');
  let finished = harden(stem.replace(/(?<=[ie]e)en$/, ''));
  if (finished.length > 3) finished = finished.replace(/(?<=[^aeiouyj])s$/, '');
  if (finished.length > 4) finished = finished.replace(/(?<=i)es$/, 'e').replace(/(?<=[^aeiouy])es$/, '');
  // Participles without ge-, and those in -eerd: verhuurd, ontwikkeld, georganiseerd.
  if (finished.length > 6 && finished !== 'verkeerd') finished = finished.replace(/(?<=^.*eer|^(?:be|her|ont|ver).*[bglmrvwz])d$/, '');
  if (finished.length > 3) finished = finished.replace(/(?<=[dfgklmpr])t$/, '');
  finished = harden(finished);
  return finished.length > 3 ? finished.replace(/([aeou])\1(?=[^aeiouy]$)/, '$1') : finished;
}

const PARTICIPLE = /^(aan|af|bij|door|in|mee|na|om|op|over|samen|terug|toe|uit|voor|)ge(.{3,}[dt])(?:en?)?$/;
const NO_VERB = /^(beurt|bied|boort|dacht|luid|meent|middeld|recht|richt|schikt|wicht|woont|zicht|zond)$/;

/**
 * The words that a folded Dutch word may come from, most of which do not exist: the verb of a participle (geregistreerd,
 * opgeleid), the noun of a diminutive (lampjes, tuintje, autootje, dingetje, boompje). As src/search/derivation.rs.
 * @param {string} word
 */
export function candidates(word) {
  /** @type {string[]} */
  const found = [];
  if (!/^[a-z]+$/.test(word)) return found;
  const [, particle, core] = PARTICIPLE.exec(word) ?? [];
  if (core && !NO_VERB.test(core)) found.push(particle + core.slice(0, -1), particle + core);
  const [, base] = /^(.{3,})jes?$/.exec(word) ?? [];
  if (base) {
    found.push(base);
    if (base.endsWith('t')) found.push(base.slice(0, -1).replace(/(aa|oo|uu)$/, (double) => double[0]));
    if (/^.{3,}et$/.test(base)) found.push(base.slice(0, -2));
    if (base.endsWith('mp')) found.push(base.slice(0, -1));
  }
  return found;
}

/**
 * How a Dutch word sounds, roughly: who does not know how it is spelled writes another that sounds alike.
 * @param {string} word
 */
export function sound(word) {
  return word
    .replace(/[cg]h|g/g, 'g')
    .replace(/c(?=[eiy])|z/g, 's')
    .replace(/[cq]/g, 'k')
    .replace(/ks|x/g, 'ks')
    .replace(/ei|ij|y/g, 'y')
    .replace(/ou|au/g, 'au')
    .replace(/ph|v/g, 'f')
    .replace(/th|d(?=$|s$)/g, 't')
    .replace(/([a-z])\1/g, '$1');
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
 * Stemmers by language; a word of another language is only folded.
 * @type {Record<string, (word: string) => string>}
 */
export const STEMMERS = { nl: dutch };

/** @type {Map<string, string>} */
const stems = new Map();

/**
 * What a folded word and its inflections have in common.
 * @param {string} word
 * @param {string} language
 */
export function stem(word, language) {
  const stemmer = STEMMERS[language];
  if (!stemmer || !/^[a-z]+$/.test(word)) return word;
  const key = `${language}:${word}`;
  let found = stems.get(key);
  if (found === undefined) {
    if (stems.size > 20000) stems.clear();
    stems.set(key, (found = stemmer(word)));
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
