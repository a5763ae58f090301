// Accessibility: every template, in Dutch and English, light and dark, at 320 and 1280 px.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { look, startBrowser, withPage } from './support/browser.mjs';
import { axeFaults, motionFaults, sidewaysFaults, structureFaults, tabStops, targetFaults } from './support/looking.mjs';
import { serve } from './support/server.mjs';
import { ownSite, smallSite } from './support/site.mjs';
import { names, samples, templatesOfTheTheme } from './support/templates.mjs';

const own = ownSite();
const small = smallSite();
const servers = new Map([[own, await serve(own)], [small, await serve(small)]]);
const browser = await startBrowser();
const pages = samples(own, small);
const addressOf = ({ site, file }) => servers.get(site).at(file);

/** A page that stands alone, without the frame of the site. */
const bare = ({ name }) => name === 'moved page';

/** A page that leaves by itself is looked at with its refresh held back. */
async function context(options) {
  const made = await browser.newContext(look(options));
  await made.route('**/oude/**', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/<meta http-equiv="refresh"[^>]*>/, '') });
  });
  return made;
}

after(async () => {
  await browser.close();
  for (const server of servers.values()) await server.close();
});

describe('the pages that are looked at', () => {
  it('are one of every template of the theme', () => {
    const seen = new Set(pages.map(({ template }) => template));
    const unseen = templatesOfTheTheme().filter((template) => !seen.has(template));
    assert.deepEqual(unseen, [], 'add them to support/templates.mjs');
  });

  it('are there in Dutch, and each overview in English too', () => {
    const has = (name, language) => pages.some((page) => page.name === name && page.language === language);
    assert.deepEqual(names.filter((name) => !has(name, 'nl')), []);
    const untranslated = pages.filter(({ name, template }) => !template.startsWith('entity') && !has(name, 'en')).map(({ name }) => name);
    assert.deepEqual(untranslated, ['not found', 'removed page', 'moved page']);
  });
});

const LOOKS = [
  { language: 'nl', scheme: 'light', width: 1280 },
  { language: 'nl', scheme: 'dark', width: 320 },
  { language: 'en', scheme: 'light', width: 320 },
  { language: 'en', scheme: 'dark', width: 1280 },
];

for (const { language, scheme, width } of LOOKS) {
  describe(`in ${language}, ${scheme}, at ${width} px`, { concurrency: 3 }, () => {
    const opened = context({ width, scheme });
    for (const sample of pages.filter((page) => page.language === language)) {
      it(`${sample.name} (${sample.file}) has no fault that axe or a ruler can find`, async () => {
        const faults = await withPage(await opened, addressOf(sample), async (page) => [
          ...(await structureFaults(page, { language, bare: bare(sample) })),
          ...(await sidewaysFaults(page)),
          ...(await targetFaults(page)),
          ...(await axeFaults(page)),
        ]);
        assert.deepEqual(faults, [], `${addressOf(sample)}\n${faults.join('\n')}`);
      });
    }
  });
}

for (const { scheme, width } of [{ scheme: 'light', width: 1280 }, { scheme: 'dark', width: 320 }]) {
  describe(`with the keyboard, ${scheme}, at ${width} px`, { concurrency: 3 }, () => {
    const opened = context({ width, scheme });
    for (const sample of pages.filter((page) => page.language === 'nl' && !bare(page))) {
      it(`${sample.name} shows where the focus is, from the skip link on`, async () => {
        const stops = await withPage(await opened, addressOf(sample), (page) => tabStops(page, 15));
        assert.ok(stops[0]?.skip, `the first stop is the skip link, not ${stops[0]?.name}`);
        const faults = stops.filter(Boolean).flatMap((stop) => [
          ...(stop.outline < 2 ? [`${stop.name}: an outline of ${stop.outline} px`] : []),
          ...(stop.contrast < 3 ? [`${stop.name}: an outline of contrast ${stop.contrast.toFixed(1)}:1`] : []),
          ...(stop.inWindow ? [] : [`${stop.name}: out of sight`]),
          ...(stop.uncovered ? [] : [`${stop.name}: something lies over it`]),
        ]);
        assert.deepEqual(faults, [], faults.join('\n'));
      });
    }

    it('the skip link leads past the navigation', async () => {
      await withPage(await opened, servers.get(own).at('vragen/index.html'), async (page) => {
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.keyboard.press('Tab');
        assert.ok(await page.evaluate(() => document.querySelector('main').contains(document.activeElement)));
      });
    });
  });
}

describe('what a reader asked for', { concurrency: 3 }, () => {
  it('nothing moves for who wants less motion', async () => {
    const opened = await context({ width: 1280 });
    for (const name of ['home', 'question', 'list', 'map, whole']) {
      const faults = await withPage(opened, addressOf(pages.find((page) => page.name === name)), motionFaults);
      assert.deepEqual(faults, [], name);
    }
  });

  it('the dark scheme is dark and the light one light', async () => {
    for (const [scheme, isRight] of [['light', (level) => level > 200], ['dark', (level) => level < 60]]) {
      const level = await withPage(await context({ width: 1280, scheme }), servers.get(own).at('index.html'), (page) =>
        page.evaluate(() => Math.max(...getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).map(Number))),
      );
      assert.ok(isRight(level), `${scheme}: a ground of ${level}`);
    }
  });

  it('the words keep their signs in the colours of the system', async () => {
    const opened = await context({ width: 1280, forcedColors: 'active' });
    await withPage(opened, addressOf(pages.find((page) => page.name === 'map, whole')), async (page) => {
      const mute = await page.evaluate(() =>
        [...document.querySelectorAll('[class*=tone-]')].filter((element) => element.localName !== 'rect' && element.textContent.trim() === '').length,
      );
      assert.equal(mute, 0, 'a sign without a word');
    });
  });

  it('text may be twice as large', async () => {
    // 1280 px at 400 % is 320 px, looked at above; here the letters grow and the window does not.
    const opened = await context({ width: 640 });
    for (const name of ['home', 'question', 'ledger', 'search']) {
      const faults = await withPage(opened, addressOf(pages.find((page) => page.name === name)), async (page) => {
        await page.evaluate(() => {
          document.documentElement.style.fontSize = '200%';
        });
        return sidewaysFaults(page);
      });
      assert.deepEqual(faults, [], name);
    }
  });
});
