// Marks the words of a query in texts, and finds the passage that has most of them.
//
// SPDX-License-Identifier: EUPL-1.2

import { stem, tokens } from './search-words.js';

const EXCERPT = 200;

/** Finds the words of a query in a text. */
export class Marks {
  /** @type {Map<string, number>} */
  #stems = new Map();
  /** @type {[string, number][]} */
  #inside = [];
  /** @type {[string, number][]} */
  #prefixes = [];
  #language;

  /** @param {string} language */
  constructor(language) {
    this.#language = language;
  }

  /** @param {string} stem @param {string} word @param {number} number  of the word in the query */
  add(stem, word, number) {
    if (!this.#stems.has(stem)) this.#stems.set(stem, number);
    if (word.length > 3) this.#inside.push([stem.length > 3 ? stem : word, number]);
  }

  /** @param {string} start @param {number} number */
  prefix(start, number) {
    this.#prefixes.push([start, number]);
  }

  /** @param {string} text @returns {{ start: number, end: number, number: number }[]} */
  #hits(text) {
    const hits = [];
    for (const { whole, pieces, start, end } of tokens(text)) {
      const number = [whole, ...pieces].map((word) => this.#number(word)).find((number) => number !== undefined);
      if (number !== undefined) hits.push({ start, end, number });
    }
    return hits;
  }

  /** @param {string} word */
  #number(word) {
    return (
      this.#stems.get(stem(word, this.#language)) ??
      this.#prefixes.find(([start]) => word.startsWith(start))?.[1] ??
      (this.#language === 'nl' ? this.#inside.find(([part]) => word.length > part.length + 2 && word.includes(part))?.[1] : undefined)
    );
  }

  /** @param {string} text @param {{ start: number, end: number }[]} [hits] @returns {import('./search-engine.js').Segment[]} */
  mark(text, hits = this.#hits(text)) {
    /** @type {import('./search-engine.js').Segment[]} */
    const segments = [];
    let at = 0;
    for (const { start, end } of hits) {
      if (start > at) segments.push({ text: text.slice(at, start), mark: false });
      segments.push({ text: text.slice(start, end), mark: true });
      at = end;
    }
    if (at < text.length) segments.push({ text: text.slice(at), mark: false });
    return segments;
  }

  /**
   * The passage with the most words of the query.
   * @param {string[]} texts  by section
   */
  excerpt(texts) {
    let best = { count: 0, section: 0, at: 0 };
    texts.forEach((text, section) => {
      const hits = this.#hits(text);
      hits.forEach((hit, i) => {
        const seen = new Set();
        for (let j = i; j < hits.length && hits[j].end <= hit.start + EXCERPT * 0.8; j++) seen.add(hits[j].number);
        if (seen.size > best.count) best = { count: seen.size, section, at: hit.start };
      });
    });
    const text = texts[best.section] ?? '';
    let from = 0;
    if (best.at > 60) {
      // From the start of the sentence if that is near, else from a word before.
      const before = text.slice(best.at - 60, best.at);
      const sentence = Math.max(before.lastIndexOf('. '), before.lastIndexOf('\n'));
      from = best.at - 60 + (sentence >= 0 ? sentence : before.indexOf(' ')) + 1;
    }
    let to = Math.min(text.length, from + EXCERPT);
    if (to < text.length) to = Math.max(text.lastIndexOf(' ', to), best.at + 1);
    const passage = text.slice(from, to).trim().replace(/\s+/g, ' ');
    const sentence = from === 0 || /[.\n]\s*$/.test(text.slice(0, from));
    const segments = this.mark(passage);
    if (!sentence) segments.unshift({ text: '… ', mark: false });
    if (to < text.length) segments.push({ text: ' …', mark: false });
    return { segments: passage ? segments : [], section: best.section, found: best.count > 0 };
  }
}
