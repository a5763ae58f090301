// A query as it was typed: words, phrases, what is excluded, and filters.
//
// SPDX-License-Identifier: EUPL-1.2

import { fold, tokens } from './search-words.js';

/**
 * @typedef {import('./search-engine.js').Facet} Facet
 * @typedef {import('./search-engine.js').Query} Query
 */

const MOST_WORDS = 12;
const LONGEST_QUERY = 2000;

/** Understands any string. @param {string} text @param {Facet[]} facets */
export function parse(text, facets) {
  const short = text.slice(0, LONGEST_QUERY);
  /** @type {Query} */
  const query = { text: short.trim(), words: [], phrases: [], excluded: [], filters: {} };
  let count = 0;
  for (const [, minus, name, inner, bare] of short.matchAll(/(?<!\S)(-?)(?:([^\s":„“”]+):(?=\S))?(?:["„“”]([^"„“”]*)["„“”]?|(\S+))/gu)) {
    const content = inner ?? bare;
    const facet = name ? facets.find((facet) => fold(facet.name) === fold(name) || fold(facet.label) === fold(name)) : undefined;
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

/** A name or label as it may be typed. @param {string} text */
function plain(text) {
  return [...tokens(text.replaceAll('_', ' '))].map(({ whole, pieces }) => (pieces.length > 0 ? pieces.join(' ') : whole)).join(' ');
}
