// Budgets: what a page may weigh, as a host sends it.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { look, startBrowser, withPage } from './support/browser.mjs';
import { tags } from './support/links.mjs';
import { serve } from './support/server.mjs';
import { ownSite } from './support/site.mjs';

const KB = 1024;
const own = ownSite();
const server = await serve(own);
const browser = await startBrowser();

after(async () => {
  await browser.close();
  await server.close();
});

/** What is sent: compressed as nearly every host does it. */
const sent = (bytes) => gzipSync(bytes, { level: 9 }).length;
const told = (bytes) => `${(bytes / KB).toFixed(2)} KB`;

/** The maps, which have a budget of their own. */
const isMap = (file) => /<table class="map">/.test(own.read(file));

describe('compressed', () => {
  it('every ordinary page is at most 15 KB', () => {
    const heavy = own.pages
      .filter((file) => !isMap(file))
      .map((file) => ({ file, size: sent(own.bytes(file)) }))
      .filter(({ size }) => size > 15 * KB)
      .sort((a, b) => b.size - a.size)
      .map(({ file, size }) => `${file}: ${told(size)}`);
    assert.deepEqual(heavy, [], heavy.join('\n'));
  });

  it('the style is one file of at most 12 KB, with no font', () => {
    const sheets = own.files.filter((file) => file.endsWith('.css'));
    assert.equal(sheets.length, 1);
    const size = sent(own.bytes(sheets[0]));
    assert.ok(size <= 12 * KB, `${sheets[0]}: ${told(size)}`);
    assert.deepEqual(own.files.filter((file) => /\.(woff2?|ttf|otf)$/.test(file)), []);
    for (const file of own.pages) {
      const linked = [...tags(own.read(file))].filter(({ name, attributes }) => name === 'link' && attributes.rel === 'stylesheet');
      assert.equal(linked.length, 1, file);
    }
  });

  for (const page of ['zoeken.html', 'en/search.html']) {
    it(`the scripts of ${page} are at most 15 KB`, async (t) => {
      const fetched = new Set();
      await withPage(await browser.newContext(look({ width: 1280 })), server.at(page), async (opened) => {
        opened.on('response', (response) => fetched.add(new URL(response.url()).pathname.slice(1)));
        await opened.reload();
        await opened.getByRole('searchbox').fill('discriminatie');
        await opened.locator('[data-part="count"]:not(:empty)').waitFor();
        await opened.waitForLoadState('networkidle');
      });
      const scripts = [...fetched].filter((file) => file.endsWith('.js'));
      assert.ok(scripts.length > 1, String(scripts));
      const size = scripts.reduce((sum, file) => sum + sent(own.bytes(file)), 0);
      t.diagnostic(`${told(size)}: ${scripts.join(', ')}`);
      assert.ok(size <= 15 * KB, told(size));
    });
  }
});

describe('the evidence map', () => {
  for (const file of ['kaart/index.html', 'en/kaart/index.html']) {
    it(`${file} weighs at most 10 KB and has at most 3,000 elements for each 1,000 cells`, async (t) => {
      const { cells, elements } = await withPage(await browser.newContext(look({ width: 1280 })), server.at(file), (page) =>
        page.evaluate(() => ({
          cells: document.querySelectorAll('table.map tbody td').length,
          elements: document.querySelectorAll('*').length,
        })),
      );
      assert.ok(cells >= 500, `only ${cells} cells`);
      const size = sent(own.bytes(file));
      const thousands = Math.max(cells / 1000, 1);
      t.diagnostic(`${cells} cells: ${told(size)} (brotli ${told(brotliCompressSync(own.bytes(file)).length)}), ${elements} elements`);
      assert.ok(size <= 10 * KB * thousands, `${told(size)} for ${cells} cells`);
      assert.ok(elements <= 3000 * thousands, `${elements} elements for ${cells} cells`);
    });
  }
});
