// The preview, as an editor lives with it: files are saved beside a browser, and the browser keeps up.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { look, startBrowser } from './support/browser.mjs';
import { axeFaults, sidewaysFaults } from './support/looking.mjs';
import { startPreview } from './support/preview.mjs';

const browser = await startBrowser();
const preview = await startPreview();
after(async () => {
  await browser.close();
  await preview.stop();
});

const JOB = 'content/klussen/k-0002-mulch-leggen.md';
const LONG = Array.from({ length: 60 }, (_, index) => `Alinea ${index + 1} van een lange klus.`).join('\n\n');

/** Opens a page of the preview and hands it over; scripts that break the policy, and errors, are faults. */
async function visit(path, story, options = {}) {
  const context = await browser.newContext(look({ width: 1280, ...options }));
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.addInitScript(() => {
    globalThis.loads = (globalThis.loads ?? 0) + 1;
    globalThis.broken = [];
    document.addEventListener('securitypolicyviolation', (event) => globalThis.broken.push(`${event.effectiveDirective} ${event.blockedURI}`));
  });
  try {
    await page.goto(preview.at(path), { waitUntil: 'load' });
    const result = await story(page, context);
    faults.push(...(await page.evaluate(() => globalThis.broken)));
    assert.deepEqual(faults, []);
    return result;
  } finally {
    await context.close();
  }
}

/** Holds axe against a part of the page; the style that axe itself puts in breaks the policy, and is not ours. */
async function judge(page, within) {
  const before = await page.evaluate(() => globalThis.broken);
  assert.deepEqual(await axeFaults(page, within), []);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${within}-${page.viewportSize().width}-${Date.now()}.png` });
  await page.evaluate((kept) => { globalThis.broken = kept; }, before);
}

/** Leaves a mark in the page that only a reload takes away. */
const mark = (page) => page.evaluate(() => { globalThis.mark = 'still here'; });
const isMarked = (page) => page.evaluate(() => globalThis.mark === 'still here');
const shows = (page, text) => page.waitForFunction((wanted) => document.body.textContent.includes(wanted), text);
const lacks = (page, text) => page.waitForFunction((wanted) => !document.body.textContent.includes(wanted), text);

/** Changes a file for the length of a story. */
async function changed(path, old, fresh, story) {
  const before = preview.read(path);
  preview.edit(path, old, fresh);
  try {
    return await story();
  } finally {
    preview.write(path, before);
  }
}

describe('a save', () => {
  it('is in the page at once; scroll, focus, what is unfolded and what is typed stay', async () => {
    preview.write(JOB, `${preview.read(JOB)}\n${LONG}\n`);
    await preview.wait('the long page', () => fetch(preview.at('klussen/k-0002.html')).then(async (answer) => (await answer.text()).includes('Alinea 60')));
    await visit('klussen/k-0002.html', async (page) => {
      await mark(page);
      await page.click('#more summary');
      await page.fill('#find', 'mulch');
      await page.evaluate(() => window.scrollTo(0, 700));
      const before = await page.evaluate(() => [window.scrollY, document.activeElement.id]);
      await changed(JOB, 'Alinea 40 van', 'Alinea veertig, nieuw, van', async () => {
        await shows(page, 'Alinea veertig, nieuw');
        assert.ok(await isMarked(page), 'the page was not loaded again');
        assert.deepEqual(await page.evaluate(() => [window.scrollY, document.activeElement.id]), before);
        assert.ok(await page.evaluate(() => document.querySelector('#more').open), 'what was unfolded stays so');
        assert.equal(await page.inputValue('#find'), 'mulch');
      });
      await lacks(page, 'Alinea veertig, nieuw');
    });
  });

  it('of a title shows wherever the title stands, and no other tab is disturbed', async () => {
    await visit('klussen/k-0002.html', async (job, context) => {
      const about = await context.newPage();
      await about.goto(preview.at('over.html'));
      await about.waitForTimeout(300);
      let asked = 0;
      about.on('request', () => { asked += 1; });
      await mark(job);
      await mark(about);
      await changed('content/klussen/k-0001-rozen-snoeien.md', 'naam: Rozen snoeien', 'naam: Klimrozen snoeien', async () => {
        await shows(job, 'Klimrozen snoeien');
        const list = await context.newPage();
        await list.goto(preview.at('klussen/'));
        await shows(list, 'Klimrozen snoeien');
        await list.close();
      });
      await lacks(job, 'Klimrozen snoeien');
      assert.ok((await isMarked(job)) && (await isMarked(about)));
      assert.equal(asked, 0, 'a tab whose page did not change asks for nothing');
    });
  });

  it('of a style changes the look without a new page and without a moment without style', async () => {
    await visit('klussen/k-0002.html', async (page) => {
      await mark(page);
      await page.evaluate(() => {
        globalThis.fewest = 99;
        const look = () => {
          globalThis.fewest = Math.min(globalThis.fewest, document.querySelectorAll('head link[rel=stylesheet]').length);
          requestAnimationFrame(look);
        };
        look();
      });
      await changed('themes/tuin/static/style.css', '60ch', '50ch', async () => {
        await page.waitForFunction(() => [...document.styleSheets].some((sheet) => [...sheet.cssRules].some((rule) => rule.cssText.includes('50ch'))));
        assert.ok(await isMarked(page));
        assert.ok((await page.evaluate(() => globalThis.fewest)) >= 1);
      });
    });
  });

  it('of a word of the interface, of a template and of the schema is right everywhere', async () => {
    await visit('klussen/k-0002.html', async (page) => {
      await mark(page);
      await changed('schema.yaml', 'label: {nl: Gaat over', 'label: {nl: Betreft nu', () => shows(page, 'Betreft nu'));
      await changed('themes/tuin/templates/entity/klus.html', 'Unfolded.', 'Unfolded and changed.', () => shows(page, 'Unfolded and changed.'));
      assert.ok(await isMarked(page));
    });
  });

  it('of a new page makes the page appear where there was none', async () => {
    await visit('klussen/k-0003.html', async (page) => {
      preview.write('content/klussen/k-0003-gieten.md', '---\nnaam: Gieten\nstand: open\n---\n\nElke avond.\n');
      await shows(page, 'Elke avond');
      preview.remove('content/klussen/k-0003-gieten.md');
      await lacks(page, 'Elke avond');
    });
  });
});

describe('a save that breaks something', () => {
  const panel = (page) => page.locator('via-preview .box');

  it('leaves the last good page with a panel over it, in the language of the page, in all tabs; it goes when mended', async () => {
    await visit('klussen/k-0002.html', async (page, context) => {
      const other = await context.newPage();
      await other.goto(preview.at('en/planten/p-0001.html'));
      await changed(JOB, 'stand: open', 'stand: opne', async () => {
        await page.bringToFront();
        await panel(page).waitFor();
        assert.ok((await page.textContent('h1')).includes('Mulch leggen'));
        const text = await panel(page).textContent();
        assert.ok(text.includes('Er klopt iets niet'), text);
        assert.ok(text.includes(`${JOB}:3:8`), text);
        assert.ok(text.includes('opne'), text);
        assert.equal(await page.locator('via-preview mark').textContent(), 'opne');
        assert.equal(await page.locator('via-preview [data-copy]').getAttribute('data-copy'), 'open');
        await judge(page, 'via-preview');
        await other.bringToFront();
        await panel(other).waitFor();
        assert.ok((await panel(other).textContent()).includes('Something is wrong'));
      });
      await panel(other).waitFor({ state: 'detached' });
      await page.bringToFront();
      await panel(page).waitFor({ state: 'detached' });
    });
  });

  it('fits a small window, light and dark', async () => {
    for (const scheme of ['light', 'dark']) {
      await visit('klussen/k-0002.html', async (page) => {
        await changed(JOB, 'stand: open', 'stand: opne', async () => {
          await panel(page).waitFor();
          await judge(page, 'via-preview');
          assert.ok(await page.evaluate(() => { const box = document.querySelector('via-preview').shadowRoot.querySelector('.box'); return box.scrollWidth <= box.clientWidth; }), 'the panel does not scroll sideways');
        });
        await panel(page).waitFor({ state: 'detached' });
      }, { width: 320, scheme });
    }
  });

  it('of the schema, the configuration or a template is survived', async () => {
    await visit('klussen/k-0002.html', async (page) => {
      for (const [file, old, fresh] of [
        ['schema.yaml', 'kinds:', 'kinds: ['],
        ['site.yaml', 'languages:', 'languagse:'],
        ['themes/tuin/templates/entity/klus.html', '{% endblock %}', '{% endblok %}'],
      ]) {
        await changed(file, old, fresh, async () => {
          await panel(page).waitFor();
          assert.ok((await panel(page).textContent()).includes(file));
        });
        await panel(page).waitFor({ state: 'detached' });
      }
    });
  });
});

describe('what an editor asks for', () => {
  it("a page's own list, and its file in the editor", async () => {
    await visit('klussen/k-0002.html', async (page) => {
      await page.click('via-preview .pill');
      const care = page.locator('via-preview .care');
      await care.waitFor();
      assert.ok((await care.textContent()).includes(JOB));
      await judge(page, 'via-preview');
      await care.locator('[data-open]').first().click();
      await page.waitForFunction(() => document.querySelector('via-preview').shadowRoot.querySelector('.care .said').textContent !== '');
      assert.match(await care.locator('.said').textContent(), /^(Geopend met|Er is geen editor gevonden)/);
      await care.locator('[data-close]').click();
      await care.waitFor({ state: 'detached' });
      assert.equal(await page.evaluate(() => document.querySelector('via-preview').shadowRoot.activeElement.className), 'pill');
    });
  });

  it('drafts bear a mark, on their page and in lists', async () => {
    await changed(JOB, 'stand: open', 'stand: open\nconcept: true', async () => {
      await preview.wait('the mark', () => fetch(preview.at('klussen/')).then(async (answer) => (await answer.text()).includes('class="draft"')));
      await visit('klussen/k-0002.html', async (page) => assert.ok(await page.locator('.alert-warning').isVisible()));
    });
  });
});

describe("the editors' desk", () => {
  it('lists what asks for care, with its place, and keeps up', async () => {
    await visit('_via/?lang=nl', async (page) => {
      assert.equal(await page.textContent('h1'), 'Redactiebureau');
      await judge(page, 'main');
      await page.evaluate(() => { globalThis.mark = 'still here'; });
      await changed(JOB, 'stand: open', 'stand: open\nconcept: true', async () => {
        await page.locator('#list-drafts').waitFor();
        await page.click('#list-drafts summary');
        assert.ok((await page.textContent('#list-drafts')).includes('Mulch leggen'));
        preview.edit(JOB, 'concept: true', 'concept: true # nog even');
        await page.waitForTimeout(400);
        assert.ok(await page.evaluate(() => document.querySelector('#list-drafts').open), 'what is unfolded stays so');
        assert.ok(await isMarked(page));
      });
      await page.locator('#list-drafts').waitFor({ state: 'detached' });
      await changed(JOB, 'stand: open', 'stand: opne', () => shows(page, 'opne'));
      await lacks(page, 'opne');
    });
  });

  it('has room in a small window, light and dark', async () => {
    for (const scheme of ['light', 'dark']) {
      for (const path of ['_via/?lang=nl', '_via/new?kind=plant&lang=nl']) {
        await visit(path, async (page) => {
          await judge(page, 'main');
          assert.deepEqual(await sidewaysFaults(page), []);
        }, { width: 320, scheme });
      }
    }
  });

  it('makes a new page with what the form asks for, as a draft, once', async () => {
    await visit('_via/?lang=nl', async (page) => {
      await page.click('nav.new >> text=plant');
      await page.fill('[name=naam]', 'Blauwe "iris": een bloem');
      await page.fill('[name=kern]', 'Bloeit in mei.\nEn lang.');
      assert.ok((await page.locator('datalist option').count()) >= 2, 'pages to choose from');
      await page.locator('[name=staat_in]').first().fill('b-01');
      await page.click('button[type=submit]');
      await page.waitForURL(/made=/);
      const file = 'content/planten/p-0003-blauwe-iris-een-bloem.md';
      await shows(page, file);
      const text = preview.read(file);
      assert.ok(text.startsWith('---\nnaam: "Blauwe \\"iris\\": een bloem"\n'), text);
      assert.ok(text.includes('staat_in: [b-01]\n') && text.includes('concept: true\n'), text);
      await page.click('.made a');
      await shows(page, 'Blauwe "iris": een bloem');
      preview.remove(file);
    });
  });

  it('says why a page cannot be made', async () => {
    await visit('_via/new?kind=plant&lang=nl', async (page) => {
      await page.fill('[name=naam]', '???');
      await page.fill('[name=kern]', 'Blijft staan.');
      await page.click('button[type=submit]');
      await page.locator('[role=alert]').waitFor();
      assert.equal(await page.inputValue('[name=kern]'), 'Blijft staan.');
    });
  });
});
