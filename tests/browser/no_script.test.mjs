// Without JavaScript: all pages, all links, from a host, below a path, and from a disk.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { look, startBrowser, withPage } from './support/browser.mjs';
import { anchorsOf, crawl, tags } from './support/links.mjs';
import { serve } from './support/server.mjs';
import { ownSite, smallSite } from './support/site.mjs';
import { samples } from './support/templates.mjs';

const own = ownSite();
const small = smallSite();
const servers = new Map([[own, await serve(own)], [small, await serve(small)]]);
const browser = await startBrowser();
const withoutScript = await browser.newContext(look({ width: 1280, javaScriptEnabled: false }));
const narrow = await browser.newContext(look({ width: 320, javaScriptEnabled: false }));
const pages = samples(own, small);

after(async () => {
  await browser.close();
  for (const server of servers.values()) await server.close();
});

/** The search pages: the only ones that may load a script, to search as one types. */
const SEARCH = ['zoeken.html', 'en/search.html'];

/** Built pages that no page leads to: one is shown in place of another, the others wait at an old address. */
function standsAlone(site, file) {
  return file === '404.html' || /<meta http-equiv="refresh"/.test(site.read(file)) || file === 'vragen/v-0900.html';
}

describe('content pages', () => {
  it('load no JavaScript at all', () => {
    const faults = [];
    for (const file of own.pages.filter((page) => !SEARCH.includes(page))) {
      for (const { name, attributes } of tags(own.read(file))) {
        if (name === 'script' && attributes.type !== 'application/ld+json') faults.push(`${file}: a script`);
        if (name === 'link' && /preload|modulepreload/.test(attributes.rel) && /script/.test(attributes.as ?? 'script')) faults.push(`${file}: a script ahead`);
      }
    }
    assert.deepEqual(faults, []);
  });

  it('have no worker, no manifest that starts one, no element of a script', () => {
    const faults = own.pages.filter((file) => /serviceWorker|<noscript|<template\b/.test(own.read(file)));
    assert.deepEqual(faults, []);
  });
});

describe('with JavaScript switched off', { concurrency: 3 }, () => {
  for (const sample of pages.filter(({ name }) => name !== 'moved page')) {
    it(`${sample.name} in ${sample.language} shows all it has`, async () => {
      await withPage(withoutScript, servers.get(sample.site).at(sample.file), async (page) => {
        assert.ok(await page.locator('h1').isVisible());
        const words = (await page.locator('main').innerText()).split(/\s+/).length;
        assert.ok(words > (sample.name === 'not found' ? 10 : 20), `only ${words} words`);
      });
    });
  }

  it('the menu opens and closes on a narrow screen', async () => {
    await withPage(narrow, servers.get(own).at('vragen/index.html'), async (page) => {
      const first = page.locator('#menu a').first();
      assert.equal(await first.isVisible(), false);
      await page.locator('button[popovertarget]').first().click();
      assert.equal(await first.isVisible(), true);
      await page.keyboard.press('Escape');
      assert.equal(await first.isVisible(), false);
    });
  });

  it('what is folded opens', async () => {
    await withPage(withoutScript, servers.get(own).at('kaart/index.html'), async (page) => {
      const folded = page.locator('main details').first();
      assert.equal(await folded.getAttribute('open'), null);
      const inside = folded.locator('a').first();
      assert.equal(await inside.isVisible(), false);
      await folded.locator('summary').click();
      assert.equal(await inside.isVisible(), true);
    });
  });

  it('the search page shows the lists to browse instead', async () => {
    for (const file of SEARCH) {
      await withPage(withoutScript, servers.get(own).at(file), async (page) => {
        assert.ok((await page.locator('main a:visible').count()) >= 20, file);
      });
    }
  });

  it('a page that moved leads to where it is now', async () => {
    const page = await withoutScript.newPage();
    await page.goto(servers.get(small).at('oude/vraag/'));
    await page.waitForURL('**/vragen/v-0001.html');
    await page.close();
  });

  it('an address that never was shows the page for that, with its style and its links, however deep', async () => {
    await withPage(withoutScript, servers.get(own).at('er/is/hier/niets.html'), async (page) => {
      assert.match(await page.locator('h1').innerText(), /bestaat niet/);
      assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector('.skip')).position), 'static');
      await page.locator('main a').first().click();
      assert.ok(new URL(page.url()).pathname.match(/^\/(index\.html)?$/));
    });
  });
});

/** What a crawl found, against what was built. */
function assertReachesAll(site, found, start) {
  const base = start.slice(0, start.lastIndexOf('/') + 1);
  const broken = [...found].filter(([, { status }]) => status !== 200).map(([address, { status, from }]) => `${status}: ${address} from ${from}`);
  assert.deepEqual(broken, [], `links that lead nowhere:\n${broken.join('\n')}`);
  const reached = new Set([...found.keys()].map((address) => decodeURI(address.slice(base.length)).replace(/(^|\/)$/, '$1index.html')));
  const missed = site.pages.filter((file) => !reached.has(file) && !standsAlone(site, file));
  assert.deepEqual(missed, [], `built, but no link leads there:\n${missed.join('\n')}`);
  const anchors = new Map();
  const astray = new Set();
  for (const { fragments } of found.values()) {
    for (const { address, fragment } of fragments ?? []) {
      if (!anchors.has(address)) anchors.set(address, anchorsOf(found.get(address)?.text ?? ''));
      if (!anchors.get(address).has(fragment)) astray.add(`${address}#${fragment}`);
    }
  }
  assert.deepEqual([...astray], [], 'links to a place that the page has not');
}

describe('a crawl over plain links', () => {
  it('reaches from the front page all that was built, and nothing that was not', async () => {
    const start = servers.get(own).at('index.html');
    assertReachesAll(own, await crawl(start), start);
  });

  it('does so too on the small site, with its page that moved and its page that was removed', async () => {
    const start = servers.get(small).at('index.html');
    assertReachesAll(small, await crawl(start), start);
  });

  it('does so too where the site stands below a path', async () => {
    const server = await serve(own, { below: '/kennis/agenda/' });
    try {
      const start = server.at('index.html');
      assertReachesAll(own, await crawl(start), start);
      assert.deepEqual(server.outside, []);
    } finally {
      await server.close();
    }
  });
});

describe('below a path', () => {
  it('pages find their style, and an address that never was too, if the site is told where it stands', async () => {
    const below = '/kennis/agenda/';
    const told = ownSite('--base-url', `https://voorbeeld.example${below}`);
    const server = await serve(told, { below });
    try {
      for (const file of ['index.html', 'kaart/t-0001/index.html', 'en/index.html', 'er/is/hier/niets.html']) {
        await withPage(withoutScript, server.at(file), async (page) => {
          assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector('.skip')).position), 'static', file);
        });
      }
      assert.deepEqual(server.outside.filter((path) => path !== '/favicon.ico'), []);
    } finally {
      await server.close();
    }
  });
});

describe('opened from a disk', () => {
  it('three clicks deep: map, approach, finding', async () => {
    await withPage(withoutScript, pathToFileURL(join(own.folder, 'index.html')).href, async (page) => {
      assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector('.skip')).position), 'static', 'the style is there');
      await page.locator('#menu a[href="kaart/index.html"]').click();
      await page.locator('table.map tbody th[scope=row] a').first().click();
      await page.locator('main a[href*="bevindingen/b-"]').first().click();
      assert.match(page.url(), /^file:.*\/bevindingen\/b-\d+\.html$/);
      assert.ok(await page.locator('h1').isVisible());
    });
  });

  it('no link leads to a folder or to the root of the disk', () => {
    const faults = new Set();
    for (const file of own.pages.filter((page) => page !== '404.html')) {
      for (const { name, attributes } of tags(own.read(file))) {
        const address = attributes.href ?? attributes.src;
        if (address === undefined || (name === 'link' && /canonical|alternate/.test(attributes.rel))) continue;
        if (address.startsWith('/') || (/(^|\/)(#.*)?$/.test(address) && !/^[a-z]+:|^#/.test(address))) faults.add(`${file}: ${address}`);
      }
    }
    assert.deepEqual([...faults].slice(0, 20), []);
  });
});
