// The questions of search-tests.yaml, asked of this repository's site, and those that the search was not tuned on.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';

import { measure, questions } from './support/relevance.mjs';
import { openFolder } from './support/search.mjs';
import { ownSite, repository } from './support/site.mjs';

const files = [
  { name: 'search-tests.yaml', path: join(repository, 'search-tests.yaml'), least: { nl: 0.97, en: 1 } },
  { name: 'questions held out', path: fileURLToPath(new URL('fixtures/held_out.yaml', import.meta.url)), least: { nl: 0.87 } },
  { name: 'questions written afterwards', path: fileURLToPath(new URL('fixtures/fresh.yaml', import.meta.url)), least: { nl: 0.95 } },
];

const site = ownSite();
for (const { name, path, least } of files.filter(({ path }) => existsSync(path))) {
  const all = await questions(path);
  describe(name, () => {
    for (const [language, list] of Object.entries(all)) {
      it(`${list.length} in ${language}`, async (test) => {
        const { index } = await openFolder(`${site.folder}/search/${language}`);
        const ids = async (query) => (await index.ask(query, { limit: 10 })).results.map(({ id }) => id);
        const { recall, ndcg, answers } = await measure(list, ids);
        test.diagnostic(`recall at 10: ${recall.toFixed(3)}, nDCG: ${ndcg.toFixed(3)}`);
        for (const { query, sort, finds, found } of answers.filter(({ recall }) => recall < 1)) {
          test.diagnostic(`${sort}: "${query}" misses ${finds.filter((id) => !found.includes(id)).join(', ')}`);
        }
        assert.ok(recall >= least[language], `recall ${recall}`);
      });
    }
  });
}
