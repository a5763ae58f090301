// The known ways to run script in a page of others (tests/vectors/xss.yaml), each in a page or a file of its own, read by a
// browser with and without the policy and touched everywhere: none of them runs, asks another host or leads away.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { parse } from 'yaml';
import { startBrowser } from './support/browser.mjs';
import { id, page, PICTURE, visit } from './support/planted.mjs';
import { startPreview } from './support/preview.mjs';
import { serve } from './support/server.mjs';
import { diagnosticsOf, siteWith } from './support/site.mjs';

const VECTORS = parse(readFileSync(new URL('../vectors/xss.yaml', import.meta.url), 'utf8'));
const BODIES = ['html', 'markup', 'markdown'];

/** The ways in which a body can hold an address. */
const LINKS = {
  link: (address) => `[x](${address})`,
  angle: (address) => `[x](<${address}>)`,
  picture: (address) => `![x](${address})`,
  auto: (address) => `<${address}>`,
  reference: (address) => `[x]\n\n[x]: <${address}>`,
  loose: (address) => `Los: ${address}`,
};

/** A name of a file as a link has to write it. */
const linked = (name) => `<${name.replaceAll(/[<>\\]/g, '\\$&').replaceAll('\n', '%0A')}>`;

/** Every vector by its sort and name, with the files that hold it. */
function planted() {
  const all = [];
  const add = (sort, name, files) => all.push({ name: `${sort}/${name}`, files });
  for (const sort of BODIES) {
    for (const [name, text] of Object.entries(VECTORS[sort])) add(sort, name, { [`content/paginas/${sort}-${name}.md`]: page({ titel: `Vector ${sort} ${name}` }, text) });
  }
  for (const [name, address] of Object.entries(VECTORS.address)) {
    for (const [way, write] of Object.entries(LINKS)) {
      add('address', `${name}/${way}`, { [`content/paginas/adres-${way}-${name}.md`]: page({ titel: `Adres ${way} ${name}` }, write(address)) });
    }
    add('address', `${name}/field`, {
      [`content/bronnen/adres-${name}.md`]: page({ titel: `Bron ${name}`, type: 'rapport', auteur: [{ naam: 'Iemand' }], jaar: 2025, gelezen: 'geheel', url: address }),
    });
  }
  Object.entries(VECTORS.field).forEach(([name, text], at) => {
    add('field', `${name}/title`, { [`content/paginas/titel-${name}.md`]: page({ titel: `Titel ${name} ${text}` }) });
    add('field', `${name}/source`, {
      [`content/bronnen/veld-${name}.md`]: page({
        titel: `Bron ${name} ${text}`, type: 'rapport', auteur: [{ naam: text }, { achternaam: text, voornaam: text }], jaar: 2025, uitgever: text, in: text, nummer: text, gelezen: 'geheel', ingetrokken: text,
      }),
    });
    add('field', `${name}/term`, { [`content/begrippen/veld-${name}.md`]: page({ term: `begrip ${name} ${text}`, definitie: text, alt: [`woord${at}`] }) });
    add('field', `${name}/question`, {
      [`content/vragen/${id('v', 100 + at)}.md`]: page({
        titel: `Vraag ${name} ${text}?`, kern: text, thema: ['t-0001'], status: 'open', datum_gesteld: '2026-01-15', nog_open: [text], herkomst: text, trefwoorden: [text],
        bijgewerkt: '2026-10-01', wijzigingen_log: [{ datum: '2026-10-01', wat: text, groot: true }],
      }),
    });
  });
  for (const [name, file] of Object.entries(VECTORS.file_name)) {
    const show = file.endsWith('.png') ? '!' : '';
    const holder = file.endsWith('.md') ? page({ titel: `Bestand ${name}` }) : PICTURE;
    add('file_name', name, { [`content/paginas/${file}`]: holder, [`content/paginas/bestand-${name}.md`]: page({ titel: `Naam ${name}` }, `${show}[x](${linked(file)})`) });
  }
  return all;
}

/** Takes out what a build refuses, until it goes on; every vector is then in the site, or was refused with a word about it. */
function accepted(all) {
  const refused = [];
  let rest = all;
  for (;;) {
    const errors = new Set(diagnosticsOf(Object.assign({}, ...rest.map(({ files }) => files))).filter(({ severity }) => severity === 'error').map(({ file }) => file));
    if (errors.size === 0) return { rest, refused };
    const [bad, good] = [rest.filter(({ files }) => Object.keys(files).some((file) => errors.has(file))), rest.filter(({ files }) => !Object.keys(files).some((file) => errors.has(file)))];
    assert.ok(bad.length > 0, `errors that no vector has: ${[...errors].join(', ')}`);
    refused.push(...bad);
    rest = good;
  }
}

const all = planted();
const { rest, refused } = accepted(all);
const site = siteWith(Object.assign({}, ...rest.map(({ files }) => files)));
const open = await serve(site, { policy: null });
const strict = await serve(site);
const browser = await startBrowser();

after(async () => {
  await browser.close();
  await open.close();
  await strict.close();
});

/** The pages of the vectors, and the lists that show titles and summaries of many. */
const holders = /^(adres-|titel-|naam-|bestand-|html-|markup-|markdown-|bronnen\/|begrippen\/|vragen\/v-01)/;
const looked = site.pages.filter((file) => holders.test(file) || (!file.startsWith('en/') && !file.includes('/')));

const lines = (faults) => [...faults].map(([address, words]) => `${decodeURIComponent(address)}: ${words.join('; ')}`);

describe('the known vectors', () => {
  it('are many, and each is in a page or was refused', (story) => {
    const count = Object.values(VECTORS).reduce((sum, sort) => sum + Object.keys(sort).length, 0);
    assert.ok(count >= 300, `${count} vectors`);
    assert.equal(rest.length + refused.length, all.length);
    story.diagnostic(`${count} vectors; in ${all.length} places, of which ${rest.length} were built and ${refused.length} refused; ${looked.length} pages`);
    const bodies = rest.filter(({ name }) => BODIES.some((sort) => name.startsWith(`${sort}/`)));
    assert.ok(bodies.length >= 300, `${bodies.length} bodies were built`);
    const missing = bodies.filter(({ files }) => !Object.keys(files).every((file) => site.pages.includes(file.replace('content/paginas/', '').replace(/md$/, 'html'))));
    assert.deepEqual(missing.map(({ name }) => name), []);
  });

  it('do nothing without a policy', async () => {
    assert.deepEqual(lines(await visit(browser, looked.map((file) => open.at(encodeURI(file))))), []);
  });

  it('do nothing under the policy', async () => {
    assert.deepEqual(lines(await visit(browser, looked.map((file) => strict.at(encodeURI(file))))), []);
  });

  it('do nothing as a query, typed or in the address of the search page', async () => {
    for (const server of [open, strict]) {
      const queries = Object.values(VECTORS.query);
      const addresses = queries.map((query) => server.at(`zoeken.html?q=${encodeURIComponent(query)}&thema=${encodeURIComponent(query)}&${encodeURIComponent(query)}=1#${encodeURIComponent(query)}`));
      const faults = await visit(browser, addresses, async (tab, address) => {
        const query = queries[addresses.indexOf(address)];
        const box = tab.locator('main input[type=search]');
        for (const typed of ['vraag', query]) {
          await box.fill(typed);
          await box.press('Enter');
          await tab.waitForFunction(() => document.querySelector('[data-part="results"]').getAttribute('aria-busy') !== 'true');
          await tab.waitForTimeout(50);
        }
      });
      assert.deepEqual(lines(faults), []);
    }
  });

  it('would be seen if they ran', async (story) => {
    const bare = Object.entries({ ...VECTORS.html, ...VECTORS.markup }).map(([name, text]) => [`/bare/${name}.html`, `<!doctype html><html lang="en"><title>x</title><body>${text}</body></html>`]);
    const server = await serve(site, { policy: null, extra: Object.fromEntries(bare) });
    const faults = await visit(browser, bare.map(([path]) => server.origin + path));
    await server.close();
    const ran = [...faults].filter(([, words]) => words.includes('planted() was called')).map(([address]) => new URL(address).pathname);
    story.diagnostic(`of ${bare.length} pages of bare vectors ${ran.length} ran, ${faults.size} were told`);
    for (const name of ['script', 'img-onerror', 'button-onclick', 'a-javascript', 'div-onmouseover', 'input-autofocus', 'svg-onload', 'iframe-srcdoc', 'details-ontoggle', 'form-formaction', 'style-animation']) {
      assert.ok(ran.includes(`/bare/${name}.html`), name);
    }
    assert.ok(faults.get(`${server.origin}/bare/script-src-foreign.html`).some((words) => words.startsWith('asked ')));
    assert.ok(ran.length >= 150, `${ran.length} ran`);
  });
});

describe('the preview', () => {
  it('shows them as text, also in the panel that tells what is wrong', async () => {
    const texts = [...Object.entries(VECTORS.html), ...Object.entries(VECTORS.markup), ...Object.entries(VECTORS.markdown)].filter((_, at) => at % 12 === 0).map(([, text]) => text);
    const file = (at) => `content/klussen/${id('k', 500 + at)}-vector.md`;
    const files = {};
    texts.forEach((text, at) => {
      files[file(at)] = `---\nnaam: ${JSON.stringify(`Klus ${at} ${text}`)}\n${text.replaceAll('\n', ' ')}: [\n---\n\n${text}\n\n[[${text}]]\n`;
    });
    const preview = await startPreview({ files });
    try {
      const panel = await fetch(preview.at('/_via/panel')).then((answer) => answer.text());
      assert.ok(panel.includes('planted()'), 'the panel shows what the editor typed');
      const addresses = ['/', '/_via/panel', '/_via/', ...texts.map((_, at) => `/klussen/${id('k', 500 + at)}.html`)].map((path) => preview.at(path));
      const faults = await visit(browser, addresses);
      // The preview's own script, and the forms of its desk and of the garden's template, are meant to be there.
      const own = (words) => words.startsWith('<script type="module" src="/_via/client.js"') || words === '<form>';
      const planted = [...faults].map(([address, words]) => [address, words.filter((one) => !own(one))]).filter(([, words]) => words.length > 0);
      assert.deepEqual(lines(planted), []);
    } finally {
      await preview.stop();
    }
  });
});
