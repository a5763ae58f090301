// The face of the theme: its colours stand in one place and can all be told apart, in both schemes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repository } from './support/site.mjs';

const css = readFileSync(join(repository, 'themes/via/static/style.css'), 'utf8').replace(/\/\*[^]*?\*\//g, '');

/** The custom properties of a block of `:root` that hold a colour. */
const colours = (block) => Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{3,6})\s*(?:;|$)/g)].map(([, name, value]) => [name, value]));
const light = colours(css.match(/:root\s*{([^}]*)}/)[1]);
const dark = { ...light, ...colours(css.match(/@media \(prefers-color-scheme: dark\)\s*{\s*:root\s*{([^}]*)}/)[1]) };

/** How much lighter one colour is than another (WCAG 2.2, 1.4.3). */
function contrast(one, other) {
  const luminance = (colour) => {
    const [red, green, blue] = colour
      .replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3')
      .match(/[0-9a-f]{2}/g)
      .map((part) => parseInt(part, 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const TEXT = { ink: ['paper', 'surface', 'accent-soft', 'mark'], 'ink-soft': ['paper', 'surface', 'accent-soft'], accent: ['paper', 'surface', 'accent-soft'], visited: ['paper', 'surface'], 'accent-ink': ['accent'], 'tone-open': ['paper', 'surface'], 'tone-bad': ['paper', 'surface'] };
const GRAPHICS = { accent: ['paper', 'surface', 'accent-soft'], 'line-strong': ['paper', 'surface'], 'tone-open': ['paper', 'accent-soft'], 'tone-bad': ['paper', 'accent-soft'], 'ink-soft': ['paper', 'accent-soft'] };

for (const [scheme, tokens] of [['light', light], ['dark', dark]]) {
  describe(`the colours of the ${scheme} scheme`, () => {
    for (const [what, pairs, least] of [['text', TEXT, 4.5], ['signs and edges', GRAPHICS, 3]]) {
      it(`let ${what} stand out by ${least}:1`, () => {
        const faults = Object.entries(pairs).flatMap(([front, grounds]) =>
          grounds.map((ground) => [`${front} on ${ground}`, contrast(tokens[front], tokens[ground])]).filter(([, ratio]) => ratio < least),
        );
        assert.deepEqual(faults, []);
      });
    }
  });
}

describe('the face of the theme', () => {
  it('is one block of properties: no colour stands anywhere else, but for what is printed and what is a shadow', () => {
    const [screen] = css.split('@media print');
    const rest = screen.replace(/:root\s*{[^}]*}/g, '').replace(/rgb\(0 0 0 \/ [.\d]+\)/g, '');
    assert.deepEqual(rest.match(/#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\([^)]*\)/g), null);
    assert.deepEqual(Object.keys(colours(css.match(/prefers-color-scheme: dark\)\s*{\s*:root\s*{([^}]*)}/)[1])).sort(), Object.keys(light).sort());
  });

  it('borrows nothing from the house style of the Dutch government, which is reserved', () => {
    assert.doesNotMatch(css, /rijks|#154273|#01689b|#f9e11e/i);
    assert.doesNotMatch(css, /@font-face|@import|url\(/);
  });
});
