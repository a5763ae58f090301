// Valid HTML: one page of every template, by two checkers, and what both leave out: what one page cannot tell.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { HtmlValidate } from 'html-validate';
import { ownSite, smallSite } from './support/site.mjs';
import { samples } from './support/templates.mjs';

const own = ownSite();
const small = smallSite();
const pages = samples(own, small);

const RULES = {
  extends: ['html-validate:recommended', 'html-validate:document', 'html-validate:a11y'],
  rules: {
    // Search engines cut long titles off; here a title is the page's own, and a question is as long as it is.
    'long-title': 'off',
    // A reference in RIS ends with a line "ER  - ", whose last space belongs to that format.
    'no-trailing-whitespace': 'off',
    // A fingerprint guards what another host delivers, and nothing comes from another host (see security.test.mjs).
    'require-sri': ['error', { target: 'crossorigin' }],
  },
};

describe('html-validate', () => {
  const checker = new HtmlValidate(RULES);
  for (const { name, language, site, file } of pages) {
    it(`has nothing against ${name} in ${language} (${file})`, async () => {
      const report = await checker.validateString(site.read(file), file);
      const faults = report.results.flatMap((result) =>
        result.messages.map(({ ruleId, message, line, column, selector }) => `${file}:${line}:${column} ${ruleId}: ${message} (${selector})`),
      );
      assert.deepEqual(faults, [], faults.slice(0, 20).join('\n'));
    });
  }
});

describe('the Nu checker of the W3C', () => {
  const java = (() => {
    try {
      execFileSync('java', ['-version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();

  it('has nothing against any of them', { skip: java ? false : 'java is not there' }, async () => {
    const jar = join(createRequire(import.meta.url).resolve('vnu-jar/package.json'), '../build/dist/vnu.jar');
    const files = pages.map(({ site, file }) => join(site.folder, file));
    const words = ['-Xss4m', '-jar', jar, '--format', 'json', '--stdout', '--exit-zero-always', ...files];
    const { stdout } = await promisify(execFile)('java', words, { maxBuffer: 1 << 26 });
    const faults = JSON.parse(stdout)
      .messages.filter(({ type }) => type === 'error')
      .map(({ url, lastLine, message }) => `${url}:${lastLine} ${message}`);
    assert.deepEqual(faults, [], faults.slice(0, 20).join('\n'));
  });
});

describe('all pages together', () => {
  it('have titles of their own: no two pages of a language share one', () => {
    const titles = new Map();
    for (const file of own.pages) {
      const [, language] = own.read(file).match(/<html lang="([^"]+)"/);
      const [, title] = own.read(file).match(/<title>([^<]*)<\/title>/);
      const key = `${language}: ${title}`;
      titles.set(key, [...(titles.get(key) ?? []), file]);
    }
    const shared = [...titles].filter(([, files]) => files.length > 1).map(([title, files]) => `${title}: ${files.join(', ')}`);
    assert.deepEqual(shared, [], shared.join('\n'));
  });

  it('say which language they are in, and where they stand in the other', () => {
    const faults = [];
    for (const file of own.pages) {
      const text = own.read(file);
      const language = text.match(/<html lang="([^"]+)"/)?.[1];
      if (language !== (file.startsWith('en/') ? 'en' : 'nl')) faults.push(`${file}: lang is ${language}`);
      for (const [, other, address] of text.matchAll(/<link rel="alternate" hreflang="([^"]+)" href="([^"]+)"/g)) {
        const there = decodeURI(new URL(address).pathname).replace(/^\//, '').replace(/(^|\/)$/, '$1index.html');
        if (!own.pages.includes(there)) faults.push(`${file}: no page ${there} in ${other}`);
        else if (there !== file && !own.read(there).includes(`hreflang="${language}"`)) faults.push(`${there} does not lead back to ${file}`);
      }
    }
    assert.deepEqual(faults, [], faults.slice(0, 20).join('\n'));
  });
});
