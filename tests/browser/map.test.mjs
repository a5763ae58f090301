// The evidence map: one table that keeps its heads in sight, whose every cell leads somewhere, told three times alike.

import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { after, describe, it } from 'node:test';
import { look, startBrowser, withPage } from './support/browser.mjs';
import { linksOf } from './support/links.mjs';
import { serve } from './support/server.mjs';
import { ownSite } from './support/site.mjs';

const own = ownSite();
const server = await serve(own);
const browser = await startBrowser();
const wide = await browser.newContext(look({ width: 1280 }));
const narrow = await browser.newContext(look({ width: 320 }));

after(async () => {
  await browser.close();
  await server.close();
});

const part = (pattern) => own.longest(pattern);
const MAPS = [
  'kaart/index.html',
  'en/kaart/index.html',
  part(/^kaart\/t-\d+\/index\.html$/),
  part(/^kaart\/doelgroep-[^/]+\/index\.html$/),
  part(/^en\/kaart\/zekerheid-[^/]+\/index\.html$/),
];

/** What the table says: each cell with its row, its column, its state, its number, its words and its link. */
function readTable(page) {
  return page.evaluate(() => {
    const table = document.querySelector('table.map');
    const link = (cell) => cell.querySelector('a')?.href ?? null;
    const columns = [...table.querySelectorAll('thead th')].map(link);
    const cells = [];
    for (const row of table.querySelectorAll('tbody tr')) {
      const head = row.querySelector('th[scope=row]');
      if (!head) continue;
      [...row.querySelectorAll('td')].forEach((cell, at) => {
        const text = cell.textContent.trim();
        const address = link(cell);
        const state = address === null ? 'empty' : /^\d/.test(text) ? 'filled' : 'asked';
        cells.push({ row: link(head), column: columns[at], state, number: parseInt(text, 10) || 0, text, address });
      });
    }
    return { rows: table.querySelectorAll('tbody th[scope=row]').length, columns: columns.length, cells };
  });
}

/** What the list per row says: its links with their rows, and how many cells it leaves out. */
function readList(page) {
  return page.evaluate(() => {
    const list = document.querySelector('.map-list');
    const links = [];
    let row = null;
    let empty = 0;
    for (const element of list.querySelectorAll('h3, li')) {
      if (element.localName === 'h3') row = element.querySelector('a').href;
      else if (element.querySelector('a')) links.push(`${row} -> ${element.querySelector('a').href}`);
      else empty += parseInt(element.textContent, 10);
    }
    return { links, empty };
  });
}

/** The lines of a CSV file as records by the names in its first line (RFC 4180). */
function readCsv(text) {
  const [names, ...lines] = [...text.replace(/^\uFEFF/, '').matchAll(/((?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*)(?:\r\n|\n|$)/g)]
    .map(([, line]) => [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare))
    .filter((fields) => fields.length > 1);
  return lines.map((fields) => Object.fromEntries(names.map((name, at) => [name, fields[at]])));
}

/** The page of the site that an address leads to. */
const fileAt = (address) => decodeURI(address.slice(server.at('').length).replace(/#.*$/, '')).replace(/(^|\/)$/, '$1index.html');

/** The pages that a page links to. */
const leadsTo = (file) => new Set(linksOf(own.read(file)).map((link) => posix.normalize(posix.join(posix.dirname(file), link.replace(/#.*$/, '')))));

for (const file of MAPS) {
  describe(`the map ${file}`, () => {
    it('is one table with a caption, and every head says what it heads', async () => {
      await withPage(wide, server.at(file), async (page) => {
        assert.equal(await page.locator('table.map').count(), 1);
        assert.match(await page.locator('table.map caption').innerText(), /\p{L}.*\d+.*\d+/u);
        const scopes = await page.locator('table.map th').evaluateAll((heads) => heads.map((head) => `${head.closest('thead') ? 'head' : 'body'}: ${head.getAttribute('scope')}`));
        assert.deepEqual([...new Set(scopes)].sort(), ['body: row', 'body: rowgroup', 'head: col']);
        assert.equal(await page.locator('table.map th').evaluateAll((heads) => heads.filter((head) => head.textContent.trim() === '').length), 0);
        const widths = await page.locator('table.map tr').evaluateAll((rows) => rows.map((row) => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0)));
        assert.equal(new Set(widths).size, 1, 'every row is as long as the others');
      });
    });

    it('says in its sentence what the table holds', async () => {
      await withPage(wide, server.at(file), async (page) => {
        const { rows, columns, cells } = await readTable(page);
        const count = (state) => cells.filter((cell) => cell.state === state).length;
        const sentence = await page.locator('main header .prose').innerText();
        const numbers = [...sentence.matchAll(/\d+(?:[.,\u00a0\u202f]\d{3})*/g)].map(([number]) => Number(number.replace(/\D/g, '')));
        assert.deepEqual(numbers.slice(0, 6), [rows, columns, rows * columns, count('filled'), count('asked'), count('empty')], sentence);
        const before = await page.evaluate(() => Boolean(document.querySelector('main header .prose').compareDocumentPosition(document.querySelector('table.map')) & Node.DOCUMENT_POSITION_FOLLOWING));
        assert.ok(before, 'the sentence stands before the table');
      });
    });

    it('says the same as a list, which narrow screens show in its place', async () => {
      const { cells } = await withPage(wide, server.at(file), readTable);
      await withPage(narrow, server.at(file), async (page) => {
        assert.equal(await page.locator('table.map').isVisible(), false);
        assert.equal(await page.locator('.map-list').isVisible(), true);
        const list = await readList(page);
        const links = cells.filter(({ address }) => address !== null).map(({ row, address }) => `${row} -> ${address}`);
        assert.deepEqual([...list.links].sort(), links.sort());
        assert.equal(list.empty, cells.filter(({ state }) => state === 'empty').length);
      });
    });

    it('says the same as a file to download', async () => {
      await withPage(wide, server.at(file), async (page) => {
        const { cells } = await readTable(page);
        const csv = await page.locator('main a[href$=".csv"]').first().evaluate((link) => link.href);
        const id = (address) => posix.basename(address, '.html');
        const inTable = new Map(cells.map((cell) => [`${id(cell.row)} x ${id(cell.column)}`, cell]));
        // The file holds the whole map; a part of the map is in it.
        const inFile = readCsv(own.read(fileAt(csv))).map((record) => [`${record.row_id} x ${record.column_id}`, record]);
        const faults = [];
        for (const [place, { state, findings }] of inFile) {
          const cell = inTable.get(place);
          if (cell && !/zekerheid-/.test(file) && (cell.state !== state || cell.number !== Number(findings))) faults.push(`${place}: ${cell.state} ${cell.number}, in the file ${state} ${findings}`);
          if (!cell && /^(en\/)?kaart\/index\.html$/.test(file) && state !== 'empty') faults.push(`${place}: ${state} in the file only`);
          inTable.delete(place);
        }
        faults.push(...[...inTable.keys()].map((place) => `${place}: in the table only`));
        assert.deepEqual(faults, [], faults.slice(0, 10).join('\n'));
      });
    });

    it('tells in words: how certain, what was asked, why nothing stands there', async () => {
      const { cells } = await withPage(wide, server.at(file), readTable);
      const word = file.startsWith('en/') ? /certainty/ : /zekerheid/;
      const mute = cells.filter(({ state, text }) => (state === 'filled' ? !word.test(text) : !/\p{L}{3}/u.test(text)));
      assert.deepEqual(mute, []);
    });

    it('leads from each filled cell to its findings, and from each asked one to its question', async () => {
      const { cells } = await withPage(wide, server.at(file), readTable);
      const faults = [];
      for (const { row, column, state, number, address } of cells.filter((cell) => cell.address !== null)) {
        const target = fileAt(address);
        const where = `${fileAt(row)} x ${fileAt(column)} -> ${target}`;
        if (!own.pages.includes(target)) {
          faults.push(`${where}: no such page`);
          continue;
        }
        // An outcome or an approach may be there in Dutch only; its number is the same in every language.
        const about = [...leadsTo(target)].map((link) => posix.basename(link));
        if (state === 'asked' && !/(^|\/)vragen\/v-\d+\.html$/.test(target)) faults.push(`${where}: no question`);
        if (state === 'filled' && number === 1 && !/(^|\/)bevindingen\/b-\d+\.html$/.test(target)) faults.push(`${where}: not the one finding`);
        if (state === 'filled' && number > 1) {
          const findings = new Set(about.filter((name) => /^b-\d+\.html$/.test(name)));
          if (findings.size !== number) faults.push(`${where}: ${findings.size} findings instead of ${number}`);
        }
        if (!about.includes(posix.basename(fileAt(row)))) faults.push(`${where}: says nothing of the row`);
        if (!about.includes(posix.basename(fileAt(column)))) faults.push(`${where}: says nothing of the column`);
      }
      assert.deepEqual(faults, [], faults.slice(0, 10).join('\n'));
    });
  });
}

describe('a map wider than the screen', () => {
  it('scrolls in a labelled region that the keyboard reaches, with the heads in sight', async () => {
    await withPage(wide, server.at('kaart/index.html'), async (page) => {
      const region = page.locator('table.map').locator('xpath=ancestor::*[@tabindex="0"][1]');
      assert.match(await region.getAttribute('aria-label'), /\p{L}/u);
      await region.focus();
      const before = await region.evaluate((element) => element.scrollLeft);
      for (let press = 0; press < 5; press += 1) await page.keyboard.press('ArrowRight');
      await page.waitForFunction(([element, left]) => element.scrollLeft > left, [await region.elementHandle(), before]);
      const places = await region.evaluate((element) => {
        element.scrollTo({ left: 700, top: 500, behavior: 'instant' });
        const frame = element.getBoundingClientRect();
        const border = parseFloat(getComputedStyle(element).borderLeftWidth);
        const inside = (box) => box.bottom > frame.top + 60 && box.top < frame.bottom;
        const rows = [...element.querySelectorAll('th[scope=row]')].map((head) => head.getBoundingClientRect()).filter(inside);
        const groups = [...element.querySelectorAll('th[scope=rowgroup] > *')].map((head) => head.getBoundingClientRect());
        const columns = [...element.querySelectorAll('thead th')].map((head) => head.getBoundingClientRect());
        const caption = element.querySelector('caption > *').getBoundingClientRect();
        return {
          scrolled: [element.scrollLeft, element.scrollTop],
          rows: rows.map((box) => Math.round(box.left - frame.left - border)),
          groups: groups.map((box) => box.left >= frame.left && box.right <= frame.right),
          columns: columns.map((box) => Math.round(box.top - frame.top - border)),
          caption: caption.left >= frame.left && caption.right <= frame.right,
        };
      });
      assert.deepEqual(places.scrolled, [700, 500]);
      assert.ok(places.rows.length >= 3);
      assert.deepEqual([...new Set(places.rows)], [0], 'the first column stays at the left edge');
      assert.deepEqual([...new Set(places.columns)], [0], 'the column heads stay at the top');
      assert.deepEqual([...new Set(places.groups)], [true], 'the heads of groups stay in sight');
      assert.ok(places.caption, 'the caption stays in sight');
    });
  });

  it('a cell that gets the focus is not under a head', async () => {
    await withPage(wide, server.at('kaart/index.html'), async (page) => {
      const covered = await page.evaluate(() => {
        const region = document.querySelector('table.map').closest('[tabindex]');
        const links = [...region.querySelectorAll('td a')];
        // From the far end back to the start: so each comes in at the edge where the heads are.
        region.scrollTo({ left: 99999, top: 99999, behavior: 'instant' });
        return links.reverse().filter((link) => {
          link.focus();
          const box = link.getClientRects()[0];
          const above = document.elementFromPoint(box.left + 2, box.top + box.height / 2);
          return !(above && (link.contains(above) || above.contains(link)));
        }).length;
      });
      assert.equal(covered, 0);
    });
  });

  it('a click on a cell opens what it promises', async () => {
    await withPage(wide, server.at('kaart/index.html'), async (page) => {
      const { cells } = await readTable(page);
      const several = cells.find(({ number }) => number > 1);
      const asked = cells.find(({ state }) => state === 'asked');
      for (const { address } of [several, asked]) {
        await page.goto(server.at('kaart/index.html'));
        await page.locator(`table.map td a[href$="${fileAt(address).replace(/^kaart\//, '')}"]`).first().click();
        assert.equal(page.url(), address);
        assert.ok(await page.locator('h1').isVisible());
      }
    });
  });
});
