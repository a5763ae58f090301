// Print: a sheet that stands by itself, without the site around it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, describe, it } from 'node:test';
import { look, startBrowser } from './support/browser.mjs';
import { serve } from './support/server.mjs';
import { ownSite, smallSite } from './support/site.mjs';
import { samples } from './support/templates.mjs';

const own = ownSite();
const server = await serve(own);
const browser = await startBrowser();
// The text of an A4 sheet between its margins is 174 mm wide.
const context = await browser.newContext(look({ width: 658 }));
const pages = samples(own, smallSite()).filter(({ site, language }) => site === own && language === 'nl');

after(async () => {
  await browser.close();
  await server.close();
});

async function printed(file, story) {
  const page = await context.newPage();
  try {
    await page.goto(server.at(file));
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    return await story(page);
  } finally {
    await page.close();
  }
}

describe('a question on paper', () => {
  const { file } = pages.find(({ name }) => name === 'question');

  it('says its status, its version and its address', async () => {
    await printed(file, async (page) => {
      const text = await page.locator('main').innerText();
      assert.match(text, /Versie van 23 november 2026/);
      assert.ok(text.includes(`https://kennisagenda-via.example/${file}`), 'its address');
      const status = await page.locator('main a[href*="status-vraag/"]').first();
      assert.ok(await status.isVisible(), 'its status');
      assert.match(await status.innerText(), /\p{L}{4}/u);
    });
  });

  it('is black on white', async () => {
    await printed(file, async (page) => {
      const colours = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color]);
      assert.deepEqual(colours, ['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
    });
  });

  it('becomes sheets of A4', async () => {
    await printed(file, async (page) => {
      const pdf = await page.pdf({ preferCSSPageSize: true });
      assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
      const boxes = [...pdf.toString('latin1').matchAll(/\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)/g)];
      assert.ok(boxes.length >= 1 && boxes.length <= 15, `${boxes.length} sheets`);
      for (const [, width, height] of boxes) assert.deepEqual([Math.round(width), Math.round(height)], [595, 842]);
    });
  });

  it('has on those sheets what a reader of paper needs', async (t) => {
    const words = await printed(file, sheetsOf);
    if (words === null) return t.skip('pdftotext (poppler-utils) is not there');
    assert.match(words, /Versie van 23 november 2026/);
    assert.match(words, /Status/);
    assert.match(words, /CC0/);
    assert.doesNotMatch(words, /Naar de inhoud|Hoofdmenu|Zoeken\n/);
  });
});

/** The words of a text, without what line ends and soft hyphens do to them. */
const wordsOf = (text) => text.normalize('NFKC').replaceAll('\u00ad', '').split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 3);

/** The words of the sheets of a page; none where `pdftotext` is not there. */
async function sheetsOf(page) {
  const pdf = await page.pdf({ preferCSSPageSize: true });
  try {
    return execFileSync('pdftotext', ['-', '-'], { input: pdf, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'], maxBuffer: 1 << 26 });
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

describe('on paper, nothing is lost', () => {
  for (const name of ['question', 'finding', 'recalibration', 'ledger', 'ledger by theme', 'map of a theme']) {
    const { file } = pages.find((page) => page.name === name);
    it(`of ${name} (${file}): every word of the page is on its sheets`, async (t) => {
      await printed(file, async (page) => {
        const sheets = await sheetsOf(page);
        if (sheets === null) return t.skip('pdftotext (poppler-utils) is not there');
        // What the screen folds away is printed too; what only the screen needs is not.
        const shown = await page.evaluate(() => {
          for (const hidden of document.querySelectorAll('.vh')) hidden.remove();
          return [...document.querySelectorAll('main :is(h1, h2, h3, p, dt, dd, li, blockquote, pre)')].filter((element) => element.checkVisibility() && !element.closest('nav')).map((element) => element.innerText).join(' ');
        });
        const run = sheets.normalize('NFKC').replaceAll(/[^\p{L}\p{N}]+/gu, '');
        const lost = [...new Set(wordsOf(shown))].filter((word) => !run.includes(word));
        assert.deepEqual(lost, []);
      });
    });
  }

  it('of a ledger: per partner and per theme, each promise with its state and the day on which somebody last looked', async () => {
    for (const name of ['ledger', 'ledger by theme']) {
      const { file } = pages.find((page) => page.name === name);
      await printed(file, async (page) => {
        const rows = await page.locator('.rows > li').evaluateAll((items) => items.filter((item) => item.checkVisibility()).map((item) => item.innerText));
        assert.ok(rows.length >= 22, `${file}: ${rows.length} promises`);
        for (const row of rows) assert.match(row, /Stand nu\s+\p{L}+[^]*Laatst nagekeken\s+(\d+ )?(\p{L}+ )?\d{4}/u, row);
        assert.ok((await page.locator('section.block > h2').count()) >= 3, file);
      });
    }
  });
});

describe('every page about one thing, on paper', () => {
  for (const { name, file } of pages.filter(({ template }) => template.startsWith('entity'))) {
    it(`${name} (${file}) says of which day it is and where it stands`, async () => {
      await printed(file, async (page) => {
        const line = page.locator('.only-print');
        assert.ok(await line.isVisible());
        assert.match(await line.innerText(), new RegExp(`^Versie van 23 november 2026\\..*https://kennisagenda-via\\.example/${file}$`));
      });
    });
  }
});

describe('every template on paper', { concurrency: 3 }, () => {
  for (const { name, file } of pages) {
    it(`${name} (${file}) leaves the site out, opens what is folded and writes addresses out`, async () => {
      const faults = await printed(file, (page) =>
        page.evaluate(() => {
          const faults = [];
          for (const part of document.querySelectorAll('nav, button, .skip')) {
            if (part.checkVisibility() && part.innerText.trim() !== '') faults.push(`${part.localName}.${part.className} "${part.innerText.trim().slice(0, 40)}" is printed`);
          }
          for (const folded of document.querySelectorAll('main details > :not(summary)')) {
            if (folded.parentElement.checkVisibility() && folded.closest('nav') === null && !folded.checkVisibility()) faults.push(`folded: ${folded.parentElement.innerText.slice(0, 40)}`);
          }
          for (const link of document.querySelectorAll('main a[href^=http], footer a[href^=http]')) {
            if (!link.checkVisibility()) continue;
            const written = link.textContent + getComputedStyle(link, '::after').content;
            const bare = link.getAttribute('href');
            if (!written.includes(bare)) faults.push(`not written out: ${bare} ("${link.textContent.trim().slice(0, 40)}")`);
          }
          for (const note of document.querySelectorAll('.footnotes')) if (!note.checkVisibility()) faults.push('the footnotes are gone');
          const root = document.scrollingElement;
          if (root.scrollWidth > root.clientWidth) faults.push(`${root.scrollWidth} px wide on a sheet of ${root.clientWidth} px`);
          return faults;
        }),
      );
      assert.deepEqual(faults, [], faults.slice(0, 10).join('\n'));
    });
  }
});
