// What is known of Dutch words: their stems, what they come from, how they sound; for indexes of Dutch pages only.
//
// SPDX-License-Identifier: EUPL-1.2

import { regions } from './search-words.js';

/**
 * Snowball's Dutch stemmer (Porter, 2001), and what it leaves apart.
 * @param {string} word
 */
export function stem(word) {
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
