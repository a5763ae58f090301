// Planted content: what an editor or a source may type, however hostile, is shown as text and never runs, also where a
// host sends no policy at all.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { each, look, startBrowser } from './support/browser.mjs';
import { harmfulIn, id, page, PICTURE } from './support/planted.mjs';
import { serve } from './support/server.mjs';
import { diagnosticsOf, siteWith } from './support/site.mjs';

/** Texts that would call `planted()` if any of them became markup, an attribute or a script. */
const TEXTS = [
  '<script>planted()</script>',
  '<SCRIPT SRC=data:text/javascript,planted()></SCRIPT>',
  '<scr<script>ipt>planted()</scr</script>ipt>',
  '</script><script>planted()</script>',
  '</title><script>planted()</script>',
  '</textarea><script>planted()</script>',
  '</style><script>planted()</script>',
  '</template><script>planted()</script>',
  '</noscript><img src=x onerror=planted()>',
  '</pre><img src=x onerror=planted()>',
  '</dd></dl></main><img src=x onerror=planted()>',
  '--><script>planted()</script>',
  '<!--><script>planted()</script>-->',
  ']]><script>planted()</script>',
  '<![CDATA[<script>planted()</script>]]>',
  '<img src=x onerror=planted()>',
  '<img src=x onerror="planted()">',
  "<img src=x onerror='planted()'>",
  '<img/src=x/onerror=planted()>',
  '<img src=x\tonerror=planted()>',
  '<IMG SRC=x ONERROR=planted()>',
  '"><img src=x onerror=planted()>',
  "'><img src=x onerror=planted()>",
  '`><img src=x onerror=planted()>',
  '" onmouseover="planted()" x="',
  "' onmouseover='planted()' x='",
  '" autofocus onfocus="planted()" tabindex="1',
  '" style="animation-name:x" onanimationstart="planted()',
  '"/><svg onload=planted()>',
  '<svg onload=planted()>',
  '<svg><script>planted()</script></svg>',
  '<svg><animate onbegin=planted() attributeName=x dur=1s>',
  '<svg><a xlink:href="javascript:planted()"><text y=20>x</text></a></svg>',
  '<svg><foreignObject><img src=x onerror=planted()></foreignObject></svg>',
  '<math><mtext><img src=x onerror=planted()></mtext></math>',
  '<math href="javascript:planted()">x</math>',
  '<math><mglyph><style><img src=x onerror=planted()></style></mglyph></math>',
  '<body onload=planted()>',
  '<iframe src="javascript:parent.planted()"></iframe>',
  '<iframe srcdoc="<script>parent.planted()</script>"></iframe>',
  '<object data="javascript:planted()"></object>',
  '<embed src="javascript:planted()">',
  '<base href="javascript:planted()//">',
  '<meta http-equiv="refresh" content="0;url=javascript:planted()">',
  '<link rel="stylesheet" href="javascript:planted()">',
  '<link rel=import href="data:text/html,<script>planted()</script>">',
  '<form action="javascript:planted()"><button>x</button></form>',
  '<button formaction="javascript:planted()">x</button>',
  '<input autofocus onfocus=planted()>',
  '<select autofocus onfocus=planted()></select>',
  '<video><source onerror=planted()></video>',
  '<audio src=x onerror=planted()></audio>',
  '<details open ontoggle=planted()>x</details>',
  '<marquee onstart=planted()>x</marquee>',
  '<style>@keyframes x{}</style><p style="animation:x 1s" onanimationstart=planted()>x</p>',
  '<div style="background:url(javascript:planted())">x</div>',
  '&lt;script&gt;planted()&lt;/script&gt;',
  '&#60;img src=x onerror=planted()&#62;',
  '\u003cimg src=x onerror=planted()\u003e',
  '\uFF1Cscript\uFF1Eplanted()\uFF1C/script\uFF1E',
  '<\u0000script>planted()</script>'.replace('\u0000', '\u200B'),
  '{{ planted() }}{% raw %}<script>planted()</script>{% endraw %}',
  '${planted()}<%= planted() %>',
];

/** Addresses that would call it if somebody followed them. */
const ADDRESSES = [
  'javascript:planted()',
  'JaVaScRiPt:planted()',
  'java&#115;cript:planted()',
  'java&Tab;script:planted()',
  'javascript&colon;planted()',
  '&#x6A;avascript:planted()',
  'javascript:%70lanted()',
  '\\javascript:planted()',
  'vbscript:planted()',
  'data:text/html,<script>planted()</script>',
  'data:text/html;base64,PHNjcmlwdD5wbGFudGVkKCk8L3NjcmlwdD4=',
  'blob:https://example.org/planted',
  'file:///etc/passwd',
  'view-source:javascript:planted()',
];

/** Names that an image file may have on a disk. */
const NAMES = ['"><img src=x onerror=planted()>.png', "' onerror='planted()' x='.png", '<svg onload=planted()>.png'];

/** The text in every place that a body has. */
const everywhere = (text) => {
  const line = text.replaceAll('|', '\\|');
  return [
    text,
    `## Kop ${text}`,
    `Midden in een zin ${text} staat het ook, en **vet ${text}**, en \`${text.replaceAll('`', '')}\`.`,
    `[${text.replaceAll(/[[\]]/g, '')}](https://www.example.org/?q=${encodeURIComponent(text)})`,
    `- ${text}\n- ${text}`,
    `> ${text}`,
    `| Kop ${line} | Kop |\n|---|---|\n| ${line} | ${line} |`,
    `\`\`\`html\n${text}\n\`\`\``,
    `Een noot.[^n]\n\n[^n]: ${text}`,
  ].join('\n\n');
};

const files = {};
TEXTS.forEach((text, at) => {
  const number = 100 + at;
  files[`content/vragen/${id('v', number)}.md`] = page(
    {
      titel: `Vraag ${number} ${text}?`,
      kern: text,
      thema: ['t-0001'],
      status: 'deels_beantwoord',
      eigenaar: [`p-${at}`],
      volgende_stap: text,
      datum_gesteld: '2026-01-15',
      nog_open: [text],
      nuttig_voor: { besluit: text, datum: '2027-01-01' },
      herkomst: text,
      aliassen: [text],
      trefwoorden: [text],
      vraag_over: ['i-0001'],
      vraag_uitkomst: ['u-0001'],
      bijgewerkt: '2026-10-01',
      wijzigingen_log: [{ datum: '2026-10-01', wat: text, groot: true }],
    },
    `${everywhere(text)}\n\nZie [[${id('v', 100 + ((at + 1) % TEXTS.length))}]] en [@bron-${at}, p. 3].`,
  );
  files[`content/bevindingen/${id('b', number)}.md`] = page({
    stelling: `Bevinding ${number} ${text}.`,
    kern: text,
    antwoordt_op: [id('v', number)],
    gebaseerd_op: [{ ref: `bron-${at}`, pagina: text, citaat: text }],
    over: ['i-0001'],
    uitkomst: ['u-0001'],
    soort: 'effect',
    richting: at % 2 === 0 ? 'gunstig' : 'ongunstig',
    zekerheid: 'laag',
    zekerheid_reden: text,
    datum: 2025,
    omvang: { waarde: 2, eenheid: text, natuurlijke_frequentie: text },
    beperkingen: [text],
  });
  files[`content/bronnen/bron-${at}.md`] = page({
    titel: `Bron ${at} ${text}`,
    type: 'rapport',
    auteur: [{ naam: text }, { achternaam: text, voornaam: text }],
    jaar: 2025,
    uitgever: text,
    in: text,
    nummer: text,
    gelezen: 'geheel',
    ...(at % 4 === 0 && { ingetrokken: text }),
  });
  files[`content/partners/p-${at}.md`] = page({ naam: `Partner ${at} ${text}`, kern: text, soort: 'overheid' });
  files[`content/toezeggingen/${id('z', number)}.md`] = page({
    wat: `Toezegging ${number} ${text}`,
    partner: [`p-${at}`],
    voor: ['t-0001'],
    wanneer: '2027-03-01',
    status: 'loopt',
    laatst_gecontroleerd: '2026-10-01',
    bewijs: text,
  });
  files[`content/begrippen/begrip-${at}.md`] = page({ term: `begrip ${at} ${text}`, definitie: text, alt: [`woord${at}`], geldig_tot: '2022' });
});
files['content/herijkingen/h-0001.md'] = page({
  titel: 'Een herijking',
  kern: 'Alles anders verwoord.',
  datum: '2026-11-01',
  besloten_door: TEXTS,
  wijzigingen: TEXTS.map((text, at) => ({ item: id('v', 100 + at), wat: 'herschreven', van: `Oud ${text}`, naar: `Nieuw ${text} woord`, waarom: text })),
});
files['content/paginas/plaatjes.md'] = page({ titel: 'Plaatjes' }, NAMES.map((name, at) => `![Plaatje ${at} ${TEXTS[21]}](<${name.replaceAll(/[<>]/g, '\\$&')}> "titel ${TEXTS[22]}")`).join('\n\n'));
for (const name of NAMES) files[`content/paginas/${name}`] = PICTURE;

const site = siteWith(files);
const open = await serve(site, { policy: null });
const strict = await serve(site);
const browser = await startBrowser();

after(async () => {
  await browser.close();
  await open.close();
  await strict.close();
});

/** Opens pages in a few tabs with a function waiting to be called; whether that was, and what else is wrong. */
async function walk(server, pages) {
  const context = await browser.newContext(look({ width: 1280 }));
  const faults = [];
  await context.exposeFunction('planted', () => faults.push('planted() was called'));
  await each([0, 1, 2], async (turn) => {
    const tab = await context.newPage();
    tab.on('dialog', (dialog) => faults.push(`a dialog: ${dialog.message()}`));
    for (const file of pages.filter((_, at) => at % 3 === turn)) {
      await tab.goto(server.at(file), { waitUntil: 'load' });
      const found = await tab.evaluate(`(${harmfulIn})(document)`);
      faults.push(...found.map((what) => `${file}: ${what}`));
    }
    await tab.close();
  });
  await context.close();
  return faults;
}

/** The question with each text, and of all other pages one of every kind and view with its first three. */
const looked = site.pages.filter((file) => /^vragen\/v-\d+/.test(file) || !/^en\/|-\d+\.html$|\/(?!index)[^/]+\.html$/.test(file) || /-(100|115|129|0|15|29)\.html$/.test(file));

describe('a site with hostile texts in every field', () => {
  it('has a page for each of them, and shows them as text', async () => {
    assert.ok(TEXTS.length >= 60, `${TEXTS.length} texts`);
    const context = await browser.newContext(look({ width: 1280 }));
    const tab = await context.newPage();
    for (const at of [0, 15, 29, 42]) {
      await tab.goto(open.at(`vragen/${id('v', 100 + at)}.html`));
      assert.ok((await tab.locator('h1').innerText()).includes(TEXTS[at]), TEXTS[at]);
      assert.ok((await tab.locator('main .prose').first().innerText()).includes(TEXTS[at]), TEXTS[at]);
      assert.ok((await tab.title()).includes(TEXTS[at]), TEXTS[at]);
    }
    await context.close();
  });

  it('runs none of them, also where the policy is switched off', async () => {
    const faults = await walk(open, looked);
    assert.deepEqual(faults, [], faults.slice(0, 20).join('\n'));
  });

  it('runs none of them under the policy', async () => {
    const faults = await walk(strict, looked.filter((_, at) => at % 8 === 0));
    assert.deepEqual(faults, []);
  });

  it('has nothing on any other page that could run', async () => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(open.at('404.html'));
    const faults = [];
    for (const file of site.pages) {
      const found = await tab.evaluate(`(${harmfulIn})(new DOMParser().parseFromString(${JSON.stringify(site.read(file))}, 'text/html'))`);
      faults.push(...found.map((what) => `${file}: ${what}`));
    }
    await context.close();
    assert.ok(site.pages.length > 500);
    assert.deepEqual(faults, [], faults.slice(0, 20).join('\n'));
  });

  it('would see it if one ran', async () => {
    const server = await serve(site, { policy: null, extra: { '/planted.html': '<!doctype html><html lang="en"><title>x</title><img src="x" alt="" onerror="planted()"></html>' } });
    const faults = await walk(server, ['planted.html']);
    await server.close();
    assert.deepEqual(faults.sort(), ['planted() was called', 'planted.html: onerror on img']);
  });

  it('has feeds, a sitemap and a search description that are XML and hold no element of a page', async () => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(open.at('404.html'));
    for (const file of site.files.filter((name) => name.endsWith('.xml'))) {
      const found = await tab.evaluate((text) => {
        const read = new DOMParser().parseFromString(text, 'application/xml');
        return [...read.querySelectorAll('parsererror, script, img, svg, iframe')].map((element) => element.outerHTML.slice(0, 200));
      }, site.read(file));
      assert.deepEqual(found, [], file);
    }
    await context.close();
  });

  it('has images under those file names, which do nothing', async () => {
    const context = await browser.newContext(look({ width: 1280 }));
    const tab = await context.newPage();
    await tab.goto(open.at('plaatjes.html'));
    // A browser fetches them when it likes, which on a busy machine is after the page has loaded.
    const shown = await tab.locator('main img').evaluateAll((images) =>
      Promise.all(images.map(async (image) => {
        image.loading = 'eager';
        await image.decode();
        return image.naturalWidth;
      })));
    assert.deepEqual(shown, NAMES.map(() => 1));
    await context.close();
  });
});

describe('an address that runs something', () => {
  it('is refused with a word about it, in a text and in a field', () => {
    const written = {};
    ADDRESSES.forEach((address, at) => {
      written[`content/paginas/link-${at}.md`] = page({ titel: `Link ${at}` }, `Klik [hier](<${address}>).`);
      written[`content/bronnen/bron-${at}.md`] = page({ titel: `Bron ${at}`, type: 'rapport', jaar: 2025, gelezen: 'geheel', url: address });
    });
    const told = new Set(diagnosticsOf(written).map(({ file }) => file));
    assert.deepEqual(Object.keys(written).filter((file) => !told.has(file)), []);
  });

  it('never becomes a link where the build goes on', () => {
    // As text around which Markdown makes no link, and as one that it makes by itself.
    const body = ADDRESSES.map((address) => `Los: ${address}`).join('\n\n');
    const built = siteWith({ 'content/paginas/los.md': page({ titel: 'Los' }, body) });
    assert.doesNotMatch(built.read('los.html'), /href="\s*(?:javascript|vbscript|data|blob|file):/i);
  });
});
