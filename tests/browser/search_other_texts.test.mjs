// The search on texts and questions that it was not tuned on: small sites about other subjects than this repository's
// (tests/fixtures/search/README.md says how they were made). The floors only ever go up.

import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { bySort, measure, questions } from './support/relevance.mjs';
import { openFolder } from './support/search.mjs';
import { fixtureSite } from './support/site.mjs';

const sites = [
  { name: 'housing', least: { recall: 0.98, ndcg: 0.97 }, open: true },
  { name: 'transport', least: { recall: 0.98, ndcg: 0.96 }, open: true },
  // Held out: only its totals are told.
  { name: 'care', least: { recall: 0.95, ndcg: 0.93 }, open: false },
];

for (const { name, least, open } of sites) {
  describe(`a site about ${name}`, async () => {
    const all = await questions(fileURLToPath(new URL(`../fixtures/search/${name}/search-tests.yaml`, import.meta.url)));
    const site = fixtureSite(`search/${name}`);
    const pages = new Set(site.pages.map((page) => basename(page, '.html')));
    for (const [language, list] of Object.entries(all)) {
      it(`${list.length} questions in ${language}`, async (test) => {
        const { index } = await openFolder(`${site.folder}/search/${language}`);
        const ids = async (query) => (await index.ask(query, { limit: 10 })).results.map(({ id }) => id);
        const { recall, ndcg, answers } = await measure(list, ids);
        for (const { finds } of list) for (const id of finds) assert.ok(pages.has(id), `no page is called ${id}`);
        const row = ({ sort, count, recall, ndcg }) => test.diagnostic(`${sort.padEnd(14)}${String(count).padStart(4)}  recall at 10: ${recall.toFixed(3)}  nDCG: ${ndcg.toFixed(3)}`);
        if (open) bySort(answers).forEach(row);
        row({ sort: 'all', count: list.length, recall, ndcg });
        for (const { query, sort, finds, found } of answers.filter(({ recall }) => open && recall < 1)) {
          test.diagnostic(`${sort}: "${query}" misses ${finds.filter((id) => !found.includes(id)).join(', ')}`);
        }
        assert.ok(recall >= least.recall, `recall ${recall}`);
        assert.ok(ndcg >= least.ndcg, `nDCG ${ndcg}`);
      });
    }
  });
}
