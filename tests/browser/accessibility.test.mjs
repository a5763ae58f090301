// Accessibility: every template, in Dutch and English, light and dark, at 320 and 1280 px.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { look, startBrowser, withPage } from './support/browser.mjs';
import { axeFaults, contrastFaults, motionFaults, sidewaysFaults, structureFaults, tabStops, targetFaults } from './support/looking.mjs';
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

/** Every look at a page; what does not hang on colours is looked at once for each width. */
const LOOKS = [
  { width: 1280, scheme: 'light', whole: true },
  { width: 1280, scheme: 'dark', whole: false },
  { width: 320, scheme: 'dark', whole: true },
  { width: 320, scheme: 'light', whole: false },
];

for (const language of ['nl', 'en']) {
  describe(`in ${language}, light and dark, at 320 and 1280 px`, { concurrency: 3 }, () => {
    const opened = context({ width: 1280 });
    for (const sample of pages.filter((page) => page.language === language)) {
      it(`${sample.name} (${sample.file}) has no fault that axe or a ruler can find`, async () => {
        const faults = await withPage(await opened, addressOf(sample), async (page) => {
          const found = await structureFaults(page, { language, bare: bare(sample) });
          for (const { width, scheme, whole } of LOOKS) {
            await page.setViewportSize(look({ width }).viewport);
            await page.emulateMedia({ colorScheme: scheme });
            const seen = whole ? [...(await sidewaysFaults(page)), ...(await targetFaults(page)), ...(await axeFaults(page))] : await contrastFaults(page);
            found.push(...seen.map((fault) => `${scheme}, ${width} px: ${fault}`));
          }
          return found;
        });
        assert.deepEqual(faults, [], `${addressOf(sample)}\n${faults.join('\n')}`);
      });
    }
  });
}

/** What is wrong with the way in which the focus shows at these stops. */
const focusFaults = (stops) =>
  stops.filter(Boolean).flatMap((stop) => [
    ...(stop.outline < 2 ? [`${stop.name}: an outline of ${stop.outline} px`] : []),
    ...(stop.contrast < 3 ? [`${stop.name}: an outline of contrast ${stop.contrast.toFixed(1)}:1`] : []),
    ...(stop.inWindow ? [] : [`${stop.name}: out of sight`]),
    ...(stop.uncovered ? [] : [`${stop.name}: something lies over it`]),
  ]);

for (const { scheme, width } of [{ scheme: 'light', width: 1280 }, { scheme: 'dark', width: 320 }]) {
  describe(`with the keyboard, ${scheme}, at ${width} px`, { concurrency: 3 }, () => {
    const opened = context({ width, scheme });

    it('all that stands above a page shows where the focus is', async () => {
      const stops = await withPage(await opened, servers.get(own).at('vragen/index.html'), (page) => tabStops(page, 18));
      assert.ok(stops[0]?.skip, `the first stop is the skip link, not ${stops[0]?.name}`);
      assert.deepEqual(focusFaults(stops), []);
    });

    for (const sample of pages.filter((page) => page.language === 'nl' && !bare(page))) {
      it(`${sample.name}: the skip link leads past the navigation, and the page shows where the focus is`, async () => {
        await withPage(await opened, addressOf(sample), async (page) => {
          const [skip] = await tabStops(page, 1);
          assert.ok(skip?.skip, `the first stop is the skip link, not ${skip?.name}`);
          await page.keyboard.press('Enter');
          const stops = await tabStops(page, 8);
          assert.ok(stops[0]?.inMain, `after the skip link comes ${stops[0]?.name}`);
          assert.deepEqual(focusFaults([skip, ...stops]), []);
        });
      });
    }
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
    for (const name of ['home', 'question', 'finding', 'board', 'ledger', 'entrance, a door', 'map, whole']) {
      const seen = await withPage(opened, addressOf(pages.find((page) => page.name === name)), (page) =>
        page.evaluate(() => {
          const signed = [...document.querySelectorAll('[class*=tone-]')].filter((element) => element.localName !== 'rect' && element.checkVisibility());
          const ground = getComputedStyle(document.body).backgroundColor;
          return {
            signs: signed.length,
            mute: signed.filter((element) => element.textContent.trim() === '').length,
            unseen: signed.filter((element) => getComputedStyle(element, '::before').color === ground).length,
            bars: [...document.querySelectorAll('.bar rect')].filter((bar) => getComputedStyle(bar).fill === ground).length,
          };
        }),
      );
      assert.deepEqual({ mute: seen.mute, unseen: seen.unseen, bars: seen.bars }, { mute: 0, unseen: 0, bars: 0 }, name);
      assert.ok(name === 'home' || seen.signs > 0, name);
    }
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
