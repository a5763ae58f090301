// The search page, as readers use it: with the site's own engine, and with a made-up one where a story needs an engine
// that is slow or fails at the right moment.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { look, startBrowser } from './support/browser.mjs';
import { axeFaults, motionFaults, sidewaysFaults, structureFaults, targetFaults } from './support/looking.mjs';
import { serve } from './support/server.mjs';
import { ownSite } from './support/site.mjs';

const own = ownSite();
const server = await serve(own);
const browser = await startBrowser();
const fakeEngine = fileURLToPath(new URL('support/fake_engine.js', import.meta.url));

after(async () => {
  await browser.close();
  await server.close();
});

/** Longer than the page waits for the next key, and than it waits before it speaks. */
const PAUSE = 350;
const QUIET = 1300;

const PAGES = { nl: 'zoeken.html', en: 'en/search.html' };

/**
 * Opens an address as a reader would, tells the story, and holds that nothing went wrong meanwhile that a reader would
 * not see: an exception, a breach of the strict policy, something kept in the browser.
 */
async function reader(address, story, { fake = false, errors = false, before = async () => {}, ...options } = {}) {
  const context = await browser.newContext(look({ width: 1280, ...options }));
  const faults = [];
  try {
    if (fake) await context.route('**/assets/search-engine.*.js', (route) => route.fulfill({ path: fakeEngine, contentType: 'text/javascript' }));
    await context.addInitScript(() => {
      globalThis.faults = [];
      globalThis.spoken = [];
      document.addEventListener('securitypolicyviolation', (event) => globalThis.faults.push(`${event.violatedDirective}: ${event.blockedURI}`));
      document.addEventListener('DOMContentLoaded', () => {
        const live = document.querySelector('[role=status]');
        if (live) new MutationObserver(() => globalThis.spoken.push(live.textContent)).observe(live, { childList: true, characterData: true, subtree: true });
      });
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && !errors && faults.push(message.text()));
    await before(page);
    await page.goto(/^(file|http):/.test(address) ? address : server.at(address));
    const told = await story(page);
    faults.push(...(await page.evaluate(() => globalThis.faults ?? [])));
    faults.push(...(await page.evaluate(() => (location.protocol === 'file:' ? [] : [...Object.keys(localStorage), ...Object.keys(sessionStorage)]))));
    for (const { name } of await context.cookies()) faults.push(`a cookie: ${name}`);
    assert.deepEqual(faults, []);
    return told;
  } finally {
    await context.close();
  }
}

const made = (address, story, options) => reader(address, story, { fake: true, ...options });

const box = (page) => page.locator('main input[type=search]');
const count = (page) => page.locator('#gevonden');
const cards = (page) => page.locator('.results .items > li');
const titles = (page) => cards(page).locator('.title');
const tick = (page, name) => page.locator('.facets label', { hasText: name }).locator('input');
const counts = (page, name) => page.locator('.facets label', { hasText: name }).locator('.n').innerText();
const spoken = (page) => page.evaluate(() => globalThis.spoken);
const search = (page) => new URL(page.url()).search;
/** Waits until the line above the results says something. */
const says = (page, words) => count(page).filter({ hasText: words, visible: true }).waitFor();

/** Waits until all facets are counted, which comes after the first results. */
const counted = (page) => page.locator('.facets .n:not(:empty)').first().waitFor({ state: 'attached' });

describe('as a reader types', { concurrency: 2 }, () => {
  it('results come by themselves, and the address says what was asked', async () => {
    await made(PAGES.nl, async (page) => {
      const before = await page.evaluate(() => history.length);
      await box(page).pressSequentially('stage', { delay: 20 });
      await page.waitForURL(`**/${PAGES.nl}?q=stage`);
      await says(page, "40 pagina's gevonden");
      assert.equal(await cards(page).count(), 10);
      assert.equal(await page.title(), 'stage - Zoeken - Kennisagenda VIA');
      assert.equal(await page.evaluate(() => history.length), before, 'no entry in the history for every key');
      assert.equal(await page.locator('#alles').isVisible(), false, 'the lists to browse make room');
      await box(page).fill('');
      await page.locator('#alles').waitFor();
      assert.equal(search(page), '');
      assert.equal(await cards(page).count(), 0);
    });
  });

  it('a card tells the kind, the words of certainty with their sign, the excerpt with what was found, and the heading', async () => {
    await made(`${PAGES.nl}?q=stage`, async (page) => {
      const card = cards(page).filter({ hasText: 'Pagina 1 over' });
      await card.waitFor();
      assert.match(await card.innerText(), /Bevinding/);
      assert.equal(await card.locator('.badge').textContent(), 'Zekerheid: lage zekerheid');
      assert.ok(await card.locator('.badge.tone-sure2').isVisible());
      assert.deepEqual(await card.locator('mark').allInnerTexts(), ['stage', 'stage']);
      assert.equal(await card.locator('.title a').getAttribute('href'), 'vragen/v-0002.html');
      assert.equal(await card.locator('.meta a').getAttribute('href'), 'vragen/v-0002.html#page-inhoud');
    });
  });

  it('results stand by kind, that of the best one first, and each head leads to all of its kind', async () => {
    await made(`${PAGES.nl}?q=stage`, async (page) => {
      const kinds = page.locator('[data-part=list] section');
      await kinds.nth(2).waitFor();
      assert.deepEqual(await page.locator('[data-part=list] h3').allInnerTexts(), ['Vragen', 'Bevindingen', 'Bronnen']);
      assert.deepEqual(await kinds.locator('ul').evaluateAll((lists) => lists.map((list) => list.children.length)), [4, 3, 3]);
      const all = page.locator('[data-part=list] section', { has: page.getByRole('heading', { name: 'Bevindingen' }) }).locator('.found a');
      assert.equal(await all.innerText(), 'Alle 13');
      assert.match(await all.getAttribute('href'), /\?q=stage&soort=bevinding$/);
      await all.click();
      await says(page, "13 pagina's gevonden");
      assert.deepEqual(await page.locator('[data-part=list] h3').allInnerTexts(), ['Bevindingen']);
      assert.equal(search(page), '?q=stage&soort=bevinding');
      assert.ok(await tick(page, 'Bevinding').isChecked());
      await page.goBack();
      await says(page, "40 pagina's gevonden");
    });
  });

  it('an answer that another question has overtaken is never shown', async () => {
    await made(PAGES.nl, async (page) => {
      await page.evaluate(() => {
        globalThis.shown = [];
        new MutationObserver(() => {
          const first = document.querySelector('.results .items .title')?.textContent;
          if (first && globalThis.shown.at(-1) !== first) globalThis.shown.push(first);
        }).observe(document.querySelector('[data-part=list]'), { childList: true });
      });
      await box(page).fill('traag');
      await page.waitForTimeout(PAUSE);
      await box(page).fill('snel');
      await page.waitForTimeout(3000);
      assert.deepEqual(await page.evaluate(() => globalThis.shown), ['Pagina 0 over snel']);
      assert.equal(search(page), '?q=snel');
    });
  });

  it('a long wait is told, and the earlier results stay until the new ones are there', async () => {
    await made(`${PAGES.nl}?q=snel`, async (page) => {
      await says(page, "40 pagina's gevonden");
      await box(page).fill('traag');
      await says(page, 'Bezig met zoeken');
      assert.equal(await cards(page).count(), 10);
      assert.equal(await page.locator('.results').getAttribute('aria-busy'), 'true');
      await says(page, "40 pagina's gevonden");
      assert.equal(await page.locator('.results').getAttribute('aria-busy'), null);
    });
  });

  it('more results are a button away, and the focus goes to the first of them', async () => {
    await made(`${PAGES.nl}?q=stage`, async (page) => {
      await page.getByRole('button', { name: 'Toon meer' }).click();
      await cards(page).nth(29).waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Pagina 12 over stage');
      await page.getByRole('button', { name: 'Toon meer' }).click();
      await cards(page).nth(39).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Toon meer' }).isVisible(), false);
      await page.reload();
      await cards(page).nth(39).waitFor();
    });
  });

  it('a better spelling is offered as a link', async () => {
    await made(`${PAGES.nl}?q=niets`, async (page) => {
      await says(page, 'Niets gevonden voor');
      const offer = page.getByRole('link', { name: 'iets', exact: true });
      assert.equal(await offer.getAttribute('href'), '/zoeken.html?q=iets');
      await offer.click();
      await says(page, "40 pagina's gevonden");
      assert.equal(await box(page).inputValue(), 'iets');
      await page.goBack();
      await says(page, 'Niets gevonden voor');
    });
  });

  it('a word that was searched differently is said', async () => {
    await made(`${PAGES.nl}?q=tiepfout`, async (page) => {
      await says(page, 'gevonden');
      const note = (await page.locator('.results .sum').first().innerText()).replace(/[\u2068\u2069]/g, '');
      assert.equal(note, 'Het woord “tiepfout” komt niet voor. Gezocht is op “typfout”.');
    });
  });

  it('nothing found comes with what to do next', async () => {
    await made(`${PAGES.nl}?q=niets&soort=vraag`, async (page) => {
      await says(page, 'Niets gevonden voor');
      assert.ok(await page.getByText('Of blader in de lijsten hieronder.').isVisible());
      assert.ok(await page.locator('#alles').isVisible());
      assert.ok(await page.getByRole('button', { name: 'Wis de filters' }).isVisible());
    });
  });
});

describe('filters', { concurrency: 2 }, () => {
  it('narrow the results, their counts follow, and each is a step back', async () => {
    await made(`${PAGES.nl}?q=stage`, async (page) => {
      await says(page, '40');
      assert.equal(await counts(page, 'Vraag'), '14');
      await tick(page, 'Vraag').check();
      await says(page, "14 pagina's gevonden");
      assert.equal(search(page), '?q=stage&soort=vraag');
      assert.equal(await counts(page, 'hoge zekerheid'), '7');
      assert.equal(await counts(page, 'Bron'), '13', 'a facet does not narrow itself');
      await tick(page, 'hoge zekerheid').check();
      await says(page, "7 pagina's gevonden");
      await page.goBack();
      await says(page, '14');
      assert.equal(await tick(page, 'hoge zekerheid').isChecked(), false);
      await page.goBack();
      await says(page, '40');
      assert.equal(await tick(page, 'Vraag').isChecked(), false);
      await page.goForward();
      await says(page, '14');
      assert.equal(await tick(page, 'Vraag').isChecked(), true);
      await page.getByRole('button', { name: 'Wis de filters' }).click();
      await says(page, '40');
      assert.equal(search(page), '?q=stage');
    });
  });

  it('of one facet are alternatives', async () => {
    await made(`${PAGES.nl}?q=stage&soort=vraag`, async (page) => {
      await says(page, '14');
      await tick(page, 'Bron').check();
      await says(page, '27');
      assert.equal(search(page), '?q=stage&soort=vraag&soort=bron');
    });
  });

  it('work without a query', async () => {
    await made(PAGES.nl, async (page) => {
      await tick(page, 'Bron').check();
      await says(page, "13 pagina's gevonden");
    });
  });

  it('what would find nothing is left out, but never what the reader chose', async () => {
    await made(`${PAGES.nl}?q=niets&soort=vraag`, async (page) => {
      await says(page, 'Niets gevonden');
      assert.ok(await tick(page, 'Vraag').isVisible());
      assert.equal(await tick(page, 'Bron').isVisible(), false);
    });
  });

  it('wait behind a summary on a narrow screen, which says how many are chosen', async () => {
    await made(`${PAGES.nl}?q=stage&soort=vraag`, async (page) => {
      await says(page, '14');
      assert.equal(await tick(page, 'Bron').isVisible(), false);
      assert.equal(await page.locator('.kinds summary').innerText(), 'Soort (1)');
      await page.locator('.kinds summary').click();
      await tick(page, 'Bron').check();
      await says(page, '27');
      assert.equal(await page.locator('.kinds summary').innerText(), 'Soort (2)');
    }, { width: 320 });
  });
});

describe('the address', { concurrency: 2 }, () => {
  it('is the whole question: another reader sees the same', async () => {
    await made(`${PAGES.nl}?q=%22lage+zekerheid%22&soort=vraag&zekerheid=laag`, async (page) => {
      await says(page, "7 pagina's gevonden");
      assert.equal(await box(page).inputValue(), '"lage zekerheid"');
      assert.ok(await tick(page, 'Vraag').isChecked());
      assert.ok(await tick(page, 'lage zekerheid').isChecked());
    });
  });

  it('that names filters nobody knows is read without them', async () => {
    await made(`${PAGES.nl}?q=stage&soort=onzin&__proto__=x&constructor=y&toString=z`, async (page) => {
      await says(page, '40');
    });
  });

  it('of a search that was entered stays in the history', async () => {
    await made(PAGES.nl, async (page) => {
      await box(page).fill('een');
      await box(page).press('Enter');
      await says(page, '40');
      await box(page).fill('twee');
      await page.waitForURL('**/zoeken.html?q=twee');
      await page.goBack();
      await page.waitForURL('**/zoeken.html?q=een');
      assert.equal(await box(page).inputValue(), 'een');
      assert.equal(await titles(page).first().innerText(), 'Pagina 0 over een');
    });
  });

  it('brings back what was there when the reader returns from a page', async () => {
    await made(PAGES.nl, async (page) => {
      await box(page).fill('stage');
      await says(page, '40');
      await titles(page).first().locator('a').click();
      await page.waitForURL('**/vragen/**');
      await page.goBack();
      await says(page, '40');
      assert.equal(await box(page).inputValue(), 'stage');
    });
  });
});

describe('with the keyboard', { concurrency: 2 }, () => {
  it('/ leads to the box, the arrows along the results, Enter to the page, Escape back', async () => {
    await made(`${PAGES.nl}?q=stage`, async (page) => {
      await says(page, '40');
      const focus = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.localName);
      await page.keyboard.press('/');
      assert.equal(await focus(), 'input');
      assert.equal(await box(page).inputValue(), 'stage', 'the sign itself is not typed');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      assert.equal(await focus(), 'Pagina 3 over stage', 'the second of its kind');
      await page.keyboard.press('ArrowUp');
      assert.equal(await focus(), 'Pagina 0 over stage');
      await page.keyboard.press('Escape');
      assert.equal(await focus(), 'input');
      await page.keyboard.press('Escape');
      assert.equal(await box(page).inputValue(), '');
      await page.locator('#alles').waitFor();
      await box(page).pressSequentially('a/b');
      assert.equal(await box(page).inputValue(), 'a/b', 'in the box it is a sign like others');
      await says(page, '40');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/vragen/v-0001.html');
    });
  });

  it('the key of one sign can be switched off', async () => {
    await made(PAGES.nl, async (page) => {
      await page.locator('.tips summary').click();
      await page.getByLabel('De toets / brengt u naar het zoekvak').uncheck();
      await page.keyboard.press('/');
      assert.equal(await page.evaluate(() => document.activeElement.type), 'checkbox');
    });
  });

  it('Enter asks at once', async () => {
    await made(PAGES.nl, async (page) => {
      await box(page).fill('stage');
      await box(page).press('Enter');
      assert.equal(search(page), '?q=stage');
    });
  });

  it('what is ticked keeps the focus while results change', async () => {
    await made(`${PAGES.nl}?q=stage`, async (page) => {
      await says(page, '40');
      await tick(page, 'Bron').focus();
      await page.keyboard.press('Space');
      await says(page, '13');
      assert.equal(await page.evaluate(() => document.activeElement.value), 'bron');
    });
  });
});

describe('for who listens', { concurrency: 2 }, () => {
  it('the number found is said once, when the typing stops', async () => {
    await made(PAGES.nl, async (page) => {
      await box(page).pressSequentially('discriminatie', { delay: 150 });
      await page.waitForTimeout(QUIET);
      assert.deepEqual(await spoken(page), ["40 pagina's gevonden"]);
      await tick(page, 'Vraag').check();
      await page.waitForTimeout(QUIET);
      assert.equal((await spoken(page)).length, 2);
    });
  });

  it('that nothing was found is said, with the better spelling', async () => {
    await made(`${PAGES.nl}?q=niets`, async (page) => {
      await page.waitForTimeout(PAUSE + QUIET);
      assert.deepEqual((await spoken(page)).map((text) => text.replace(/[\u2068\u2069]/g, '')), ['Niets gevonden voor “niets”. Bedoelde u iets?']);
    });
  });

  it('nothing is said of a page that was only opened', async () => {
    await made(PAGES.nl, async (page) => {
      await page.waitForTimeout(QUIET);
      assert.deepEqual(await spoken(page), []);
    });
  });
});

const WORDS = { offline: /geen verbinding/, missing: /niet te vinden/, stale: /net vernieuwd/, damaged: /beschadigd/ };

describe('when it fails', { concurrency: 2 }, () => {
  for (const [code, words] of Object.entries(WORDS)) {
    it(`"${code}" is explained in words, and the lists are there`, async () => {
      await made(`${PAGES.nl}?q=${code}`, async (page) => {
        await says(page, words);
        assert.ok(await page.locator('#alles').isVisible());
        assert.match((await spoken(page)).join(), words);
        await box(page).fill('stage');
        await says(page, '40');
        assert.equal(await page.getByRole('button', { name: 'Probeer het opnieuw' }).isVisible(), false);
      });
    });
  }

  it('an engine that does not arrive is explained, and another try works', async () => {
    let down = true;
    await reader(
      `${PAGES.nl}?q=stage`,
      async (page) => {
        await says(page, /geen verbinding/);
        down = false;
        await page.getByRole('button', { name: 'Probeer het opnieuw' }).click();
        await says(page, '40');
      },
      {
        errors: true,
        before: (page) =>
          page.route('**/assets/search-engine.*.js', (route) => (down ? route.abort() : route.fulfill({ path: fakeEngine, contentType: 'text/javascript' }))),
      },
    );
  });
});

describe('with the own engine', { concurrency: 2 }, () => {
  it('what is known of Dutch words and does not arrive is explained, and another try works', async () => {
    let down = true;
    await reader(
      `${PAGES.nl}?q=stagediscriminatie`,
      async (page) => {
        await says(page, /geen verbinding/);
        down = false;
        await page.getByRole('button', { name: 'Probeer het opnieuw' }).click();
        await titles(page).first().filter({ hasText: /stagediscriminatie/i }).waitFor();
      },
      {
        errors: true,
        before: (page) => page.route('**/assets/search-dutch.*.js', (route) => (down ? route.abort() : route.continue())),
      },
    );
  });

  it('Dutch words find their pages, with what was found marked and where it stands', async () => {
    await reader(PAGES.nl, async (page) => {
      await box(page).pressSequentially('stagediscriminatie', { delay: 30 });
      await page.waitForURL('**/zoeken.html?q=stagediscriminatie');
      await titles(page).first().filter({ hasText: /stagediscriminatie/i }).waitFor();
      assert.ok((await cards(page).locator('mark').allInnerTexts()).some((text) => /^stagediscriminatie$/i.test(text)));
      assert.ok((await cards(page).locator('.badge').count()) > 0, 'words of certainty or status');
      for (const href of await cards(page).locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))) {
        const [file, anchor] = href.split('#');
        assert.ok(own.pages.includes(file), file);
        if (anchor) assert.ok(own.read(file).includes(`id="${anchor}"`), `${file}#${anchor}`);
      }
    });
  });

  it('the English page searches the English pages', async () => {
    await reader(`${PAGES.en}?q=discrimination`, async (page) => {
      await says(page, 'found');
      const found = await titles(page).locator('a').evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
      assert.ok(found.length > 0);
      for (const path of found) assert.match(path, /^\/en\//);
    });
  });

  it('a typing error is put right', async () => {
    await reader(`${PAGES.nl}?q=discrimantie`, async (page) => {
      await page.getByRole('link', { name: 'discriminatie', exact: true }).click();
      await page.waitForURL('**/zoeken.html?q=discriminatie');
      await says(page, 'gevonden');
    });
  });

  it('the results stay while facets are counted over a slow line', async () => {
    await reader(
      `${PAGES.nl}?q=v-0003`,
      async (page) => {
        await says(page, 'gevonden');
        await counted(page);
        assert.match(await count(page).innerText(), /gevonden/);
      },
      {
        before: (page) =>
          page.route('**/search/nl/f-*', async (route) => {
            await new Promise((resolve) => setTimeout(resolve, 1500));
            await route.continue();
          }),
      },
    );
  });

  it('the code of a page finds that page first', async () => {
    await reader(`${PAGES.nl}?q=v-0003`, async (page) => {
      await says(page, 'gevonden');
      assert.equal(await titles(page).first().locator('a').getAttribute('href'), 'vragen/v-0003.html');
    });
  });

  it('what the tips say of kinds is true', async () => {
    await reader(PAGES.nl, async (page) => {
      await page.locator('.kinds').waitFor();
      const example = await page.locator('.tips code').nth(2).textContent();
      assert.match(example, /^soort:/);
      await box(page).fill(example);
      await says(page, 'gevonden');
      const kinds = await cards(page).evaluateAll((items) => items.map((item) => item.querySelector('.meta span').textContent));
      assert.deepEqual([...new Set(kinds)], ['Thema']);
    });
  });

  it('facets of many pages stand beside the results, the others behind a button', async () => {
    await reader(`${PAGES.nl}?q=stage`, async (page) => {
      await counted(page);
      const seen = () => page.locator('.side summary:visible').count();
      const before = await seen();
      await page.getByRole('button', { name: 'Alle filters' }).click();
      assert.ok((await seen()) > before);
      const labels = await page.locator('.side summary').allInnerTexts();
      assert.deepEqual(labels.filter((label, at) => labels.indexOf(label) !== at), [], 'no two of one name');
    });
  });

  for (const [width, scheme] of [[320, 'dark'], [1280, 'light']]) {
    it(`axe and a ruler have nothing against it with all filters open (${width} px, ${scheme})`, async () => {
      await reader(
        `${PAGES.nl}?q=stage`,
        async (page) => {
          await counted(page);
          for (const summary of await page.locator('.facets > details > summary:visible').all()) await summary.click();
          await page.getByRole('button', { name: 'Alle filters' }).click();
          await page.evaluate(() => document.querySelectorAll('.side details').forEach((facet) => (facet.open = true)));
          const faults = [...(await structureFaults(page, { language: 'nl' })), ...(await sidewaysFaults(page)), ...(await targetFaults(page)), ...(await axeFaults(page))];
          assert.deepEqual(faults, [], faults.join('\n'));
        },
        { width, scheme },
      );
    });
  }

  it('over a slow line the results are right in the end, and none of another question are shown on the way', async () => {
    await reader(
      PAGES.nl,
      async (page) => {
        await page.locator('.kinds').waitFor();
        await page.evaluate(() => {
          globalThis.shown = [];
          new MutationObserver(() => globalThis.shown.push([...document.querySelectorAll('.results mark')].map((mark) => mark.textContent.toLowerCase()))).observe(
            document.querySelector('[data-part=list]'),
            { childList: true },
          );
        });
        await box(page).fill('uitkering');
        await page.waitForTimeout(PAUSE);
        await box(page).fill('mentor');
        await says(page, 'gevonden');
        await page.waitForTimeout(2000);
        const shown = await page.evaluate(() => globalThis.shown);
        assert.equal(shown.length, 1, 'shown once');
        assert.ok(shown[0].every((word) => word.includes('ment')), shown[0].join());
      },
      {
        before: (page) =>
          page.route('**/search/**', async (route) => {
            await new Promise((later) => setTimeout(later, 500));
            await route.continue();
          }),
      },
    );
  });

  it('nothing is fetched twice', async () => {
    const fetched = [];
    await reader(
      PAGES.nl,
      async (page) => {
        for (const text of ['mentor', 'mento', 'mentor', 'mentor ']) {
          await box(page).fill(text);
          await says(page, 'gevonden');
          await page.waitForTimeout(PAUSE);
        }
        assert.ok(fetched.length > 0);
        assert.deepEqual(fetched.filter((file, at) => fetched.indexOf(file) !== at), []);
      },
      { before: (page) => page.on('request', (request) => request.url().includes('/search/') && fetched.push(request.url())) },
    );
  });

  it('a missing part is explained in words, with the lists to browse; when it is there again, so are the results', async () => {
    let missing = true;
    await reader(
      `${PAGES.nl}?q=mentor`,
      async (page) => {
        await says(page, WORDS.missing);
        assert.ok(await page.locator('#alles').isVisible());
        missing = false;
        await page.getByRole('button', { name: 'Probeer het opnieuw' }).click();
        await says(page, /\d+ pagina's gevonden/);
        assert.equal(await page.evaluate(() => document.activeElement.type), 'search');
      },
      {
        errors: true,
        before: (page) => page.route(/\/search\/nl\/(?!manifest)/, (route) => (missing ? route.fulfill({ status: 404, body: '' }) : route.continue())),
      },
    );
  });

  it('without a connection it says so', async () => {
    await reader(
      PAGES.nl,
      async (page) => {
        await page.locator('.kinds').waitFor();
        await page.context().setOffline(true);
        await box(page).fill('mentor');
        await says(page, WORDS.offline);
        await page.context().setOffline(false);
        await box(page).fill('mentoren');
        await says(page, 'gevonden');
      },
      { errors: true },
    );
  });
});

describe('any string is a question', { concurrency: 2 }, () => {
  const STRINGS = {
    markup: '<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>',
    'a closing tag': '</ul></main><h1>"\'>',
    'control characters': 'a\u0000b\u0007c\u001b[31m\u200b\ufeff\u2028\u2029',
    'right to left': 'שלום \u202eenod\u202c مرحبا',
    emoji: '👩‍👩‍👧‍👦🏳️‍🌈 e\u0301\u0301\u0301 \ud800',
    'holes of a text': '{query} {count} $& $1 %s {{ x }}',
    operators: '"-"" - -- : :: kind: :x "open -"a b" ((((',
    addresses: 'a&q=b#c?d=%2F%ZZ+\\',
    '100 kB': 'stage '.repeat(17_000),
    'one word of 100 kB': 'a'.repeat(100_000),
  };
  for (const fake of [true, false]) {
    for (const [name, text] of Object.entries(STRINGS)) {
      it(`${name}, ${fake ? 'echoed by the made-up engine' : 'with the own engine'}`, async () => {
        await reader(
          PAGES.nl,
          async (page) => {
            const shape = () => page.evaluate(() => [document.querySelectorAll('img, script, h1').length, document.querySelectorAll('main').length]);
            const before = await shape();
            // Set as a paste would be that a browser does not cut.
            await box(page).evaluate((element, value) => {
              element.value = value;
              element.dispatchEvent(new Event('input', { bubbles: true }));
            }, text);
            await says(page, /gevonden/);
            assert.deepEqual(await shape(), before);
            assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
            assert.ok(page.url().length < 4000, `an address of ${page.url().length} characters`);
            assert.deepEqual(await sidewaysFaults(page), []);
            await page.reload();
            await says(page, /gevonden/);
            assert.deepEqual(await shape(), before);
          },
          { fake },
        );
      });
    }
  }
});

describe('seen by axe and a ruler', () => {
  const STATES = { results: '?q=stage&soort=vraag', 'nothing found': '?q=niets', nothing: '', failure: '?q=missing' };
  for (const language of ['nl', 'en']) {
    for (const scheme of ['light', 'dark']) {
      for (const width of [320, 1280]) {
        it(`${language}, ${scheme}, ${width} px`, async () => {
          for (const [state, query] of Object.entries(STATES)) {
            await made(
              PAGES[language] + query,
              async (page) => {
                await (query ? says(page, /\p{L}{4}/u) : page.locator('.kinds').waitFor());
                await page.locator('.tips summary').click();
                for (const summary of await page.locator('.facets > details > summary:visible').all()) await summary.click();
                await page.waitForTimeout(QUIET);
                const faults = [
                  ...(await structureFaults(page, { language })),
                  ...(await sidewaysFaults(page)),
                  ...(await targetFaults(page)),
                  ...(await motionFaults(page)),
                  ...(await axeFaults(page)),
                ];
                assert.deepEqual(faults, [], `${state}: ${faults.join('\n')}`);
              },
              { scheme, width },
            );
          }
        });
      }
    }
  }

  it('what was found is marked in the colours of the system too', async () => {
    await made(
      `${PAGES.nl}?q=stage`,
      async (page) => {
        await says(page, '40');
        const [ground, ink] = await page.locator('mark').first().evaluate((mark) => [getComputedStyle(mark).backgroundColor, getComputedStyle(mark).color]);
        assert.notEqual(ground, ink);
        assert.notEqual(ground, 'rgba(0, 0, 0, 0)');
      },
      { forcedColors: 'active' },
    );
  });

  it('on paper are the results, not what to press', async () => {
    await made(`${PAGES.nl}?q=stage`, async (page) => {
      await says(page, '40');
      await page.emulateMedia({ media: 'print' });
      assert.ok(await titles(page).first().isVisible());
      for (const name of ['Toon meer', 'Zoek']) assert.equal(await page.getByRole('button', { name }).isVisible(), false, name);
      assert.equal(await tick(page, 'Vraag').isVisible(), false);
    });
  });
});

describe('without the script', { concurrency: 2 }, () => {
  for (const language of ['nl', 'en']) {
    it(`every page has a box that leads to the search page (${language})`, async () => {
      const start = language === 'nl' ? 'vragen/v-0001.html' : 'en/index.html';
      await reader(
        start,
        async (page) => {
          await page.getByRole('searchbox').fill('stage & werk');
          await page.getByRole('searchbox').press('Enter');
          await page.waitForURL(`**/${PAGES[language]}?q=stage+%26+werk`);
          assert.match(await page.locator('main').innerText(), /JavaScript/);
          assert.ok(await page.locator('#alles').isVisible());
          assert.equal(await box(page).isVisible(), false, 'no box that does nothing');
        },
        { javaScriptEnabled: false },
      );
    });
  }

  it('only the search page lacks that box, for it has its own', () => {
    const without = own.pages.filter((file) => !/<form class="find" role="search" action="/.test(own.read(file)) && !/http-equiv="refresh"/.test(own.read(file)));
    assert.deepEqual(without.sort(), Object.values(PAGES).sort());
  });

  it('opened from a disk, the page says that it cannot search, and shows the lists', async () => {
    await reader(
      pathToFileURL(join(own.folder, PAGES.nl)).href,
      async (page) => {
        const note = page.getByText('niet uit een map op uw computer');
        await page.waitForFunction((element) => getComputedStyle(element).visibility === 'visible', await note.elementHandle());
        assert.ok(await page.locator('#alles').isVisible());
        assert.equal(await box(page).isVisible(), false);
      },
      { errors: true },
    );
  });

  it('with it, the note that says so is never seen', async () => {
    await made(
      PAGES.nl,
      async (page) => {
        assert.equal(await page.getByText('niet uit een map op uw computer').isVisible(), false);
      },
    );
  });
});

describe('from a browser’s own search box', () => {
  for (const [language, file] of Object.entries({ nl: 'opensearch.xml', en: 'en/opensearch.xml' })) {
    it(`the description leads to a search (${language})`, async () => {
      const [, template] = own.read(file).match(/type="text\/html" template="([^"]+)"/);
      const { pathname, search: query } = new URL(template.replace('{searchTerms}', encodeURIComponent('stage & werk')));
      await made(pathname.slice(1) + query, async (page) => {
        await says(page, '40');
        assert.equal(await box(page).inputValue(), 'stage & werk');
      });
    });
  }
});
