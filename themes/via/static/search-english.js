// Snowball's English stemmer, for indexes of English pages only.
//
// SPDX-License-Identifier: EUPL-1.2

import { regions } from './search-words.js';

/** @type {Record<string, string>} */
const ENGLISH = {
  skis: 'ski', skies: 'sky', dying: 'die', lying: 'lie', tying: 'tie', idly: 'idl', gently: 'gentl', ugly: 'ugli', early: 'earli',
  only: 'onli', singly: 'singl', sky: 'sky', news: 'news', howe: 'howe', atlas: 'atlas', cosmos: 'cosmos', bias: 'bias', andes: 'andes',
};

/**
 * Snowball's English stemmer (Porter 2).
 * @param {string} word
 */
export function stem(word) {
  if (word.length < 3) return word;
  if (Object.hasOwn(ENGLISH, word)) return ENGLISH[word];
  let stem = word.replace(/(^|[aeiouy])y/g, '$1Y');
  const known = /^(gener|commun|arsen)/.exec(stem)?.[0].length;
  const [first, second] = regions(stem, 0, /[aeiouy]/, /[^aeiouy]/, known);
  const short = () => first >= stem.length && /(^[aeiouy][^aeiouy]|[^aeiouy][aeiouy][^aeiouywxY])$/.test(stem);
  /** @param {[RegExp, string, RegExp?][]} rules @param {number} from */
  const replace = (rules, from) => {
    for (const [ending, by, before] of rules) {
      const at = stem.search(ending);
      if (at < 0) continue;
      if (at >= from && (!before || before.test(stem.slice(0, at)))) stem = stem.slice(0, at) + by;
      return;
    }
  };
  if (/sses$/.test(stem)) stem = stem.slice(0, -2);
  else if (/ie[ds]$/.test(stem)) stem = stem.slice(0, stem.length > 4 ? -2 : -1);
  else if (/[^su]s$/.test(stem) && /[aeiouy].+s$/.test(stem)) stem = stem.slice(0, -1);
  if (/^(inning|outing|canning|herring|earring|proceed|exceed|succeed)$/.test(stem)) return stem;
  if (/eed(ly)?$/.test(stem)) replace([[/eed(ly)?$/, 'ee']], first);
  else if (/[aeiouy].*(ed|ing)(ly)?$/.test(stem)) {
    stem = stem.replace(/(ed|ing)(ly)?$/, '');
    if (/(at|bl|iz)$/.test(stem)) stem += 'e';
    else if (/(bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(stem)) stem = stem.slice(0, -1);
    else if (short()) stem += 'e';
  }
  stem = stem.replace(/(.[^aeiouy])[yY]$/, '$1i');
  replace(
    [
      [/ational$/, 'ate'], [/tional$/, 'tion'], [/ization$/, 'ize'], [/ation$/, 'ate'], [/enci$/, 'ence'], [/anci$/, 'ance'],
      [/abli$/, 'able'], [/entli$/, 'ent'], [/izer$/, 'ize'], [/ator$/, 'ate'], [/alism$/, 'al'], [/aliti$/, 'al'], [/alli$/, 'al'],
      [/fulness$/, 'ful'], [/ousli$/, 'ous'], [/ousness$/, 'ous'], [/iveness$/, 'ive'], [/iviti$/, 'ive'], [/biliti$/, 'ble'],
      [/bli$/, 'ble'], [/ogi$/, 'og', /l$/], [/fulli$/, 'ful'], [/lessli$/, 'less'], [/li$/, '', /[cdeghkmnrt]$/],
    ],
    first,
  );
  if (/ative$/.test(stem)) replace([[/ative$/, '']], second);
  else {
    replace(
      [[/ational$/, 'ate'], [/tional$/, 'tion'], [/alize$/, 'al'], [/icate$/, 'ic'], [/iciti$/, 'ic'], [/ical$/, 'ic'], [/ful$/, ''], [/ness$/, '']],
      first,
    );
  }
  replace(
    [[/(ement|ance|ence|able|ible|ment|ant|ent|ism|ate|iti|ous|ive|ize|al|er|ic)$/, ''], [/ion$/, '', /[st]$/]],
    second,
  );
  if (/e$/.test(stem)) {
    const rest = stem.slice(0, -1);
    if (rest.length >= second || (rest.length >= first && !/(^[aeiouy][^aeiouy]|[^aeiouy][aeiouy][^aeiouywxY])$/.test(rest))) stem = rest;
  } else if (/ll$/.test(stem) && stem.length - 1 >= second) stem = stem.slice(0, -1);
  return stem.toLowerCase();
}
