// What a reader is promised: how many of how many, what contradicts what, how sure a sentence is and how to quote it, what
// changed and why, what leans on a source that fell, and what is there in the other language.

import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { after, describe, it } from 'node:test';
import { look, startBrowser, withPage } from './support/browser.mjs';
import { linksOf, unescape } from './support/links.mjs';
import { serve } from './support/server.mjs';
import { ownSite, siteWith } from './support/site.mjs';

const own = ownSite();
const server = await serve(own);
const browser = await startBrowser();
const wide = await browser.newContext(look({ width: 1280 }));

after(async () => {
  await browser.close();
  await server.close();
});

/** The words of a piece of a page, without its tags. */
const words = (html) => unescape(html.replace(/<[^>]*>/g, '')).replace(/\s+/g, ' ').trim();

/** The pages of the site that a page links to. */
const leadsTo = (site, file) => new Set(linksOf(site.read(file)).map((link) => posix.normalize(posix.join(posix.dirname(file), link.replace(/#.*$/, '')))));

const dutch = (pattern) => own.pages.filter((file) => !file.startsWith('en/') && pattern.test(file));
const data = (name) => JSON.parse(own.read(`data/${name}.json`)).items;

describe('a denominator', () => {
  const tallies = (file) => [...own.read(file).matchAll(/<div class="tallied"><p>([^]*?)<\/p>/g)].map(([, html]) => words(html));

  it('stands on every overview of what has a state, in both languages', () => {
    const overviews = ['vragen', 'bevindingen', 'interventies', 'studies', 'bronnen', 'toezeggingen', 'bord', 'toezeggingenboek', 'toezeggingen-per-thema']
      .concat(['gemeente', 'werkgever', 'onderwijs', 'onderzoeker'].map((role) => `voor-wie/${role}`))
      .flatMap((folder) => [`${folder}/index.html`, `en/${folder}/index.html`]);
    assert.deepEqual(overviews.filter((file) => !own.pages.includes(file)), []);
    const without = overviews.filter((file) => !tallies(file).some((sentence) => /^(Van|Of) \d+ \p{L}+/u.test(sentence)));
    assert.deepEqual(without, []);
  });

  it('is the sum of its parts, on every page', () => {
    const faults = [];
    let seen = 0;
    for (const file of own.pages) {
      for (const sentence of tallies(file)) {
        const [total, ...parts] = [...sentence.matchAll(/(?:^|[\s,])(\d+)(?= )/g)].map(([, number]) => Number(number));
        seen += 1;
        if (parts.reduce((sum, part) => sum + part, 0) !== total) faults.push(`${file}: ${sentence}`);
      }
    }
    assert.ok(seen > 100, `${seen} sentences`);
    assert.deepEqual(faults, [], faults.slice(0, 10).join('\n'));
  });

  it('counts what made no difference and what does not work beside the rest', () => {
    const [directions] = tallies('bevindingen/index.html');
    assert.match(directions, /^Van 84 bevindingen: .*\d+ geen verschil.*\d+ ongunstig.*\d+ onbekend/);
    assert.equal(data('bevindingen').length, 84);
  });
});

describe('the evidence map', () => {
  it('has three kinds of empty, each with its word and what that means', () => {
    const text = own.read('kaart/index.html');
    const empty = new Set([...text.matchAll(/<td class="e[^"]*">([^<]+)<\/td>/g)].map(([, word]) => word));
    const legend = text.slice(text.indexOf('id="legenda"'));
    assert.deepEqual([...empty].sort(), ['gezocht en niet gevonden', 'niet van toepassing', 'nog niet gezocht']);
    for (const word of empty) assert.match(words(legend), new RegExp(`${word}\\s*\\p{Lu}[^.]+\\.`, 'u'));
  });

  it('counts each kind of empty above the table, with the sign that stands for it', () => {
    for (const file of own.pages.filter((page) => /^(en\/)?kaart\/(t-\d+\/|doelgroep-[^/]+\/)?index\.html$/.test(page))) {
      const text = own.read(file);
      const counted = new Map();
      for (const [, sign, word] of text.matchAll(/<td class="e ([^"]*)">([^<]+)<\/td>/g)) {
        const key = `${sign}: ${word}`;
        counted.set(key, (counted.get(key) ?? 0) + 1);
      }
      const key = text.match(/<p class="key">([^]*?)<\/p>/)?.[1] ?? '';
      const said = [...key.matchAll(/<span class="sign ([^"]*)"><\/span><a href="#legenda">([^<]+)<\/a> <span class="n">(\d+)<\/span>/g)];
      assert.deepEqual(said.map(([, sign, word, count]) => [`${sign}: ${word}`, Number(count)]).sort(), [...counted].sort(), file);
      assert.ok(text.indexOf('class="key"') < text.indexOf('<table class="map">'), file);
    }
  });

  it('has a page for each target group and each certainty, and the last show that certainty only', () => {
    const groups = new Set(data('interventies').flatMap(({ doelgroep }) => doelgroep.map(({ id }) => id)));
    for (const group of groups) assert.ok(own.pages.includes(`kaart/doelgroep-${group.replaceAll('_', '-')}/index.html`), group);
    for (const [certainty, word] of [['hoog', 'hoge zekerheid'], ['redelijk', 'redelijke zekerheid'], ['laag', 'lage zekerheid'], ['zeer-laag', 'zeer lage zekerheid']]) {
      const file = `kaart/zekerheid-${certainty}/index.html`;
      const cells = [...own.read(file).matchAll(/<td class="f"[^>]*>(.*?)<\/td>/g)].map(([, cell]) => cell);
      assert.equal(cells.length === 0, words(own.read(file)).includes('nog geen enkel resultaat'), file);
      assert.deepEqual(cells.filter((cell) => !cell.includes(`>${word}<`)), [], file);
    }
  });

  it('leads to a page for each cell whose findings contradict each other, with the sides beside each other', () => {
    const section = own.read('kaart/index.html').match(/aria-labelledby="tegenspraak"[^]*?<\/section>/)[0];
    const pages = linksOf(section).map((link) => posix.join('kaart', link));
    assert.ok(pages.length > 0);
    for (const file of pages) {
      const text = own.read(file);
      assert.match(text, /niet dezelfde kant op/, file);
      const sides = [...text.matchAll(/<section aria-labelledby="kant-\d+">([^]*?)<\/section>/g)].map(([, side]) => side);
      assert.ok(sides.length >= 2, file);
      assert.equal(new Set(sides.map((side) => words(side.match(/<h2[^>]*>([^]*?)<\/h2>/)[1]).replace(/ \d+$/, ''))).size, sides.length, file);
      for (const side of sides) assert.ok(linksOf(side).some((link) => /bevindingen\/b-\d+\.html$/.test(link)), file);
    }
  });

  it('is one step away from every finding and every question in it: a link to their own cells, filled or asked', () => {
    const cellsOf = (file) => new Map([...own.read(file).matchAll(/<td class="([fq])" id="([^"]+)">/g)].map(([, state, id]) => [id, state]));
    for (const [prefix, map] of [['', cellsOf('kaart/index.html')], ['en/', cellsOf('en/kaart/index.html')]]) {
      const reached = new Set();
      for (const file of own.pages.filter((page) => new RegExp(`^${prefix}(bevindingen|vragen)/[bv]-\\d+\\.html$`).test(page))) {
        const cells = [...own.read(file).matchAll(/href="[^"]*kaart\/index\.html#([^"]+)"/g)].map(([, id]) => id);
        for (const id of cells) {
          assert.ok(map.has(id), `${file}: ${id}`);
          if (/bevindingen/.test(file)) assert.equal(map.get(id), 'f', `${file}: ${id}`);
          reached.add(id);
        }
      }
      if (prefix === '') assert.deepEqual([...reached].sort(), [...map.keys()].sort(), 'every cell that has something is led to');
    }
  });

  it('shows the whole cell that a finding leads to, with the head of its column, on a narrow screen too', async () => {
    const [, id] = own.read('bevindingen/b-0016.html').match(/kaart\/index\.html#([^"]+)"/);
    for (const width of [1280, 320]) {
      const context = await browser.newContext(look({ width }));
      await withPage(context, server.at(`kaart/index.html#${id}`), async (page) => {
        assert.ok(await page.locator(`[id="${id}"]`).evaluate((cell) => {
          const shows = (element) => {
            const { left, right, top, bottom } = element.getBoundingClientRect();
            const corners = [[left, top], [right, top], [left, bottom], [right, bottom]];
            return corners.every(([x, y]) => {
              const found = document.elementFromPoint(x + (x === left ? 4 : -4), y + (y === top ? 4 : -4));
              return found !== null && element.contains(found);
            });
          };
          const head = cell.closest('table').tHead.rows[0].cells[cell.cellIndex];
          return shows(cell) && shows(head);
        }), `${width} px`);
      });
      await context.close();
    }
  });

  it('leads with the keyboard from an empty cell to its question, and from there to a promise', async () => {
    const promised = dutch(/^vragen\/v-\d+\.html$/).filter((file) => /aria-labelledby="page-r-toegezegd"/.test(own.read(file)));
    const asked = linksOf(own.read('kaart/index.html').match(/<table class="map">[^]*?<\/table>/)[0]).map((link) => posix.join('kaart', link));
    const question = asked.find((file) => promised.includes(file));
    assert.ok(question, 'a cell whose question somebody promised something for');
    await withPage(wide, server.at('kaart/index.html'), async (page) => {
      const tabUntil = async (what, arrived) => {
        for (let step = 0; step < 1500; step += 1) {
          await page.keyboard.press('Tab');
          if (await page.evaluate(arrived.test, arrived.with)) return;
        }
        assert.fail(`the keyboard never came to ${what}`);
      };
      await page.locator('section.map-region').focus();
      await tabUntil('the cell', { test: (end) => document.activeElement.matches('td.q a') && document.activeElement.href.endsWith(end), with: question });
      await Promise.all([page.waitForURL(`**/${question}`), page.keyboard.press('Enter')]);
      await tabUntil('the promise', { test: (end) => document.activeElement.matches(`a[href*="${end}"]`), with: 'toezeggingen/z-' });
      await Promise.all([page.waitForURL('**/toezeggingen/z-*.html'), page.keyboard.press('Enter')]);
      assert.ok(await page.locator('h1').isVisible());
    });
  });
});

describe('the question board and its questions', () => {
  it('says of every question since when it is open, whose it is, and what comes next', () => {
    const text = own.read('bord/index.html');
    const rows = [...text.matchAll(/<li><div><h3 class="title">[^]*?<\/dl><\/li>/g)].map(([row]) => row);
    assert.equal(rows.length, data('vragen').length);
    for (const row of rows) {
      assert.match(words(row), /((al \d+ jaar|korter dan een jaar) ?Open sinds ?\p{L}* ?\d|Open sinds ?niet bekend).*Eigenaar ?\p{L}.*Volgende stap ?\p{L}/u, words(row));
    }
    assert.ok(rows.some((row) => />Besluit</.test(row)), 'the decision that an answer is useful for');
  });

  it('prints the proof of every status', () => {
    for (const file of dutch(/^vragen\/v-\d+\.html$/)) {
      const head = own.read(file).match(/<dl class="verdict[^]*?<\/dl>/)[0];
      assert.match(words(head), /^Status \p{L}[\p{L} ]+(, (want|maar) .+| Eigenaar)/u, `${file}: ${words(head)}`);
    }
    const partly = dutch(/^vragen\/v-\d+\.html$/).filter((file) => /tone-partly">/.test(own.read(file).match(/<dl class="verdict[^]*?<\/dl>/)[0]));
    for (const file of partly) assert.ok([...leadsTo(own, file)].some((target) => /^bevindingen\/b-\d+\.html$/.test(target)), `${file} leads to its proof`);
  });
});

describe('a sentence that can be quoted', () => {
  // GRADE's informative statements: the verb fits the certainty.
  const VERBS = {
    nl: { hoog: /^(?!.*(waarschijnlijk|mogelijk|onzeker))/, redelijk: /waarschijnlijk/, laag: /mogelijk/, zeer_laag: /heel onzeker/ },
    en: { hoog: /^(?!.*(probably|may |uncertain))/, redelijk: /probably/, laag: /\bmay\b/, zeer_laag: /very uncertain/ },
  };
  const withDirection = data('bevindingen').filter((finding) => finding.richting && finding.soort.id === 'effect');

  it('has a verb that fits how sure it is, and the certainty in words within it', () => {
    assert.ok(withDirection.length > 30);
    for (const { id, richting, zekerheid } of withDirection) {
      for (const language of ['nl', 'en']) {
        const file = `${language === 'en' ? 'en/' : ''}bevindingen/${id}.html`;
        if (!own.pages.includes(file)) continue;
        const sentence = words(own.read(file).match(/<figure class="quote">[^]*?<blockquote>([^]*?)<\/blockquote>/)?.[1] ?? '');
        assert.match(sentence, richting.id === 'onbekend' ? /niet bekend|not known/ : VERBS[language][zekerheid.id], `${file}: ${sentence}`);
        assert.match(sentence, language === 'nl' ? /\([\p{L} ]*zekerheid\)$/u : /\([\p{L} ]*certainty\)$/u, file);
      }
    }
  });

  it('speaks one language', () => {
    const english = own.pages.filter((file) => /^en\/bevindingen\/b-\d+\.html$/.test(file));
    assert.ok(english.length >= 3);
    for (const file of english) {
      const sentence = words(own.read(file).match(/<figure class="quote">[^]*?<blockquote>([^]*?)<\/blockquote>/)[1]);
      assert.doesNotMatch(sentence, /\b(de|het|een|van|voor|op|met|procentpunt)\b/, `${file}: ${sentence}`);
    }
  });

  it('has its footnote, with the address and the day on which the page stood so', () => {
    for (const file of [...dutch(/^bevindingen\/b-\d+\.html$/), ...own.pages.filter((page) => /^en\/bevindingen\/b-/.test(page))]) {
      const [, note] = own.read(file).match(/<section class="copy" aria-label="(?:Voetnoot|Footnote)"[^>]*><pre>([^]*?)<\/pre>/);
      assert.ok(note.includes(`https://kennisagenda-via.example/${file}`), `${file}: ${note}`);
      assert.match(note, /zoals deze pagina er stond op 23 november 2026|as (it|this page) stood on 23 November 2026/, file);
    }
  });

  it('stands beside the size in plain numbers, where a source gives them', () => {
    const sized = data('bevindingen').filter(({ omvang }) => omvang?.natuurlijke_frequentie);
    assert.ok(sized.length >= 5, `${sized.length} findings`);
    for (const { id, omvang } of sized) {
      const head = words(own.read(`bevindingen/${id}.html`).match(/<dl class="verdict[^]*?<\/dl>/)[0]);
      assert.ok(head.includes(`In gewone aantallen: ${omvang.natuurlijke_frequentie}`), `${id}: ${head}`);
    }
  });
});

describe('a citation', () => {
  it('of every page about one thing comes in five forms that can be copied, as it stood on the day', () => {
    for (const file of dutch(/\/[a-z]-\d{4}\.html$/)) {
      const forms = [...own.read(file).matchAll(/<section class="copy" aria-label="([^"]+)" tabindex="0"><pre>([^]*?)<\/pre>/g)];
      assert.deepEqual(forms.map(([, name]) => name), ['Voetnoot', 'APA', 'BibTeX', 'RIS', 'CSL-JSON'], file);
      for (const [, name, text] of forms.filter(([, name]) => name !== 'APA')) assert.ok(text.includes('zoals deze pagina er stond op 23 november 2026'), `${file}: ${name}`);
      JSON.parse(unescape(forms[4][2]));
    }
  });
});

describe('a recalibration', () => {
  const sessions = data('herijkingen');

  it('says who decided, and of each change what, why, and the old and new words', () => {
    for (const { id, besloten_door, wijzigingen } of sessions) {
      const text = own.read(`herijkingen/${id}.html`);
      for (const who of besloten_door) assert.ok(words(text).includes(who), `${id}: ${who}`);
      const records = [...text.match(/aria-labelledby="page-v-wijzigingen"[^]*?<\/section>/)[0].matchAll(/<li><dl class="facts">([^]*?)<\/dl><\/li>/g)].map(([, record]) => words(record));
      assert.equal(records.length, wijzigingen.length);
      for (const record of records) assert.match(record, /^Onderdeel.+Wat.+Waarom\S/, record);
    }
  });

  it('marks word by word what was reworded, also for who listens', () => {
    const text = own.read('herijkingen/h-0001.html');
    const changed = text.match(/Wat er veranderde<\/dt><dd>(.*?)<\/dd>/)[1];
    assert.equal(words(changed), 'Werkagenda weg: Verdere Integratie op denieuw: Voor een Inclusieve Arbeidsmarkt (VIA)');
    assert.match(changed, /<del>.*<\/del><ins>.*<\/ins>/);
  });

  it('stands in the history of everything that it touched', () => {
    for (const { id, wijzigingen } of sessions) {
      for (const { item } of wijzigingen) {
        const file = new URL(item.url).pathname.slice(1);
        const history = own.read(file).match(/aria-labelledby="page-geschiedenis"[^]*?<\/section>/)?.[0] ?? '';
        assert.ok(history.includes(`herijkingen/${id}.html`), `${file} does not tell of ${id}`);
      }
    }
  });
});

describe('the succession of themes', () => {
  it('is one picture with a text beside it that says the same, from both ends', async () => {
    const text = own.read('opvolging/index.html');
    const picture = text.match(/<svg class="succession"[^]*?<\/svg>/)[0];
    assert.match(picture, /role="img" aria-label="[^"]+"/);
    const items = [...text.matchAll(/<li><h3 class="title"><a href="([^"]+)">([^]*?)<\/li>/g)].map(([item, address]) => {
      const ends = (word) => linksOf(item.match(new RegExp(`${word}(.*?)</p>`))?.[1] ?? '');
      return { address, from: ends('Komt uit'), into: ends('Gaat verder als') };
    });
    assert.deepEqual(items.map(({ address }) => address).sort(), data('themas').map(({ id }) => `../themas/${id}.html`).sort());
    const forward = items.flatMap(({ address, into }) => into.map((next) => `${address} -> ${next}`)).sort();
    const back = items.flatMap(({ address, from }) => from.map((last) => `${last} -> ${address}`)).sort();
    assert.deepEqual(forward, back);
    assert.equal((picture.match(/class="svg-line"/g) ?? []).length, forward.length);
    assert.equal((picture.match(/class="svg-box"/g) ?? []).length, items.length);
    for (const { titel } of data('themas')) assert.ok(words(picture.replace(/<\/text>/g, ' ')).includes(titel.split(' ')[0]), titel);
  });
});

describe('the ledger of promises', () => {
  it('says per partner and per theme what became of each promise and when somebody last looked', () => {
    for (const file of ['toezeggingenboek/index.html', 'toezeggingen-per-thema/index.html']) {
      const rows = [...own.read(file).matchAll(/<li><div><h3 class="title">[^]*?<\/dl><\/li>/g)].map(([row]) => words(row));
      assert.ok(rows.length >= data('toezeggingen').length, file);
      for (const row of rows) assert.match(row, /Stand nu.+Laatst nagekeken ?\d/, row);
    }
    const partners = new Set(data('toezeggingen').flatMap(({ partner }) => partner.map(({ id }) => id)));
    for (const partner of partners) assert.ok(leadsTo(own, 'toezeggingenboek/index.html').has(`partners/${partner}.html`), partner);
  });
});

describe('a source that fell', () => {
  const source = (name, more) => `---\ntitel: Bron ${name}\ntype: rapport\nauteur: [{naam: Instituut}]\njaar: 2024\ngelezen: geheel\n${more}\n---\n`;
  const finding = (id, on, body) =>
    `---\nstelling: Bevinding ${id} staat vast.\nantwoordt_op: [v-0001]\ngebaseerd_op: [${on}]\nover: [i-0001]\nuitkomst: [u-0001]\nsoort: effect\nrichting: gunstig\nzekerheid: laag\nzekerheid_reden: Een voorbeeld.\ndatum: 2024\n---\n\n${body}\n`;
  const site = siteWith({
    'content/bronnen/ingetrokken.md': source('een', 'ingetrokken: De cijfers klopten niet.'),
    'content/bronnen/oud.md': source('twee', 'vervangen_door: voorbeeld-2025'),
    'content/bevindingen/b-0002.md': finding('twee', 'ingetrokken', 'Zonder meer.'),
    'content/bevindingen/b-0003.md': finding('drie', 'oud', 'Zonder meer.'),
    'content/bevindingen/b-0004.md': finding('vier', 'voorbeeld-2025', 'Dit steunt ook op [@ingetrokken, p. 3].'),
  });
  const banners = (file) => [...site.read(file).matchAll(/<p class="alert alert-warning" role="note">([^]*?)<\/p>/g)].map(([, banner]) => words(banner));

  it('says so itself', () => {
    assert.deepEqual(banners('bronnen/ingetrokken.html'), ['Deze bron is ingetrokken.']);
    assert.deepEqual(banners('bronnen/oud.html').map((banner) => banner.split('.')[0]), ['Er is een nieuwere versie van deze bron']);
    assert.deepEqual(banners('bronnen/voorbeeld-2025.html'), []);
  });

  it('says so at the top of every page that leans on it, whether by a relation or by a citation in the text', () => {
    assert.deepEqual(banners('bevindingen/b-0002.html'), ['Deze pagina steunt op een bron die is ingetrokken: Bron een']);
    assert.deepEqual(banners('bevindingen/b-0003.html'), ['Deze pagina steunt op een bron waarvan een nieuwere versie bestaat: Bron twee']);
    assert.deepEqual(banners('bevindingen/b-0004.html'), ['Deze pagina steunt op een bron die is ingetrokken: Bron een']);
    assert.deepEqual(banners('bevindingen/b-0001.html'), []);
  });

  it('lists what leans on it', () => {
    const leaning = leadsTo(site, 'bronnen/ingetrokken.html');
    for (const file of ['bevindingen/b-0002.html', 'bevindingen/b-0004.html']) assert.ok(leaning.has(file), file);
  });
});

describe('a word that is no longer in use', () => {
  it('gets a quiet note on every page that uses it and is of a later date', () => {
    const ended = data('begrippen').filter(({ geldig_tot }) => geldig_tot && geldig_tot < '2026-11-23');
    assert.ok(ended.length > 0);
    for (const { id } of ended) {
      const using = dutch(/./).filter((file) => new RegExp(`<a class="term" href="[^"]*begrippen/${id}\\.html"`).test(own.read(file)));
      const end = data('begrippen').find((term) => term.id === id).geldig_tot;
      const dates = new Map(Object.values(JSON.parse(own.read('data/all.json')).kinds).flat().map((item) => [new URL(item.url).pathname.slice(1), item.datum ?? item.datum_gesteld ?? item.jaar ?? item.geldig_van ?? item.periode?.van]));
      const later = using.filter((file) => typeof dates.get(file) !== 'string' || dates.get(file).slice(0, end.length) > end);
      const silent = later.filter((file) => !new RegExp(`<p class="sum" role="note">Deze pagina gebruikt het woord <a href="[^"]*begrippen/${id}\\.html">[^]*?in gebruik tot \\p{L}*\\s?\\d`, 'u').test(own.read(file)));
      assert.ok(later.length > 0 && later.length < using.length, id);
      assert.deepEqual(silent, [], id);
    }
  });
});

describe('an entrance', () => {
  it('tells each role what we know, what we do not, what to do now and whom to ask, with as many pages as it says', () => {
    for (const role of ['gemeente', 'werkgever', 'onderwijs', 'onderzoeker']) {
      const text = own.read(`voor-wie/${role}/index.html`);
      const sections = [...text.matchAll(/<section class="block" aria-labelledby="deel-\d+"><h2[^>]*>([^]*?)<span class="n">(\d+)<\/span><\/h2>([^]*?)<\/section>/g)];
      assert.deepEqual(sections.map(([, title]) => title.trim()), ['Wat wij weten', 'Wat wij niet weten', role === 'onderzoeker' ? 'Wat u nu kunt onderzoeken' : 'Wat u nu kunt doen', 'Bij wie u terechtkunt'], role);
      for (const [, title, count, list] of sections) assert.equal((list.match(/class="title"/g) ?? []).length, Number(count), `${role}: ${title}`);
      for (const door of ['voor-wie/index.html', 'index.html']) assert.ok(leadsTo(own, door).has(`voor-wie/${role}/index.html`), `${door}: ${role}`);
      const steps = [...sections[0][3].replace(/^[^]*?<ul class="items/, '').matchAll(/zekerheid\/([a-z-]+)\.html/g)].map(([, step]) => ['hoog', 'redelijk', 'laag'].indexOf(step));
      assert.deepEqual(steps, [...steps].sort(), `${role}: what is most certain stands first`);
    }
  });
});

describe('the other language', () => {
  it('lists every page, and says in words which are in Dutch only', () => {
    for (const folder of ['vragen', 'bevindingen', 'themas']) {
      const pages = own.pages.filter((file) => new RegExp(`^en/${folder}/(index|page-\\d+)\\.html$`).test(file));
      const listed = new Map(pages.flatMap((file) => [...own.read(file).matchAll(/<h2 class="title"><a href="([^"]+)"([^]*?)<\/h2>/g)].map(([, link, rest]) => [posix.join(posix.dirname(file), link), rest])));
      assert.equal(listed.size, data(folder).length, folder);
      for (const [target, rest] of listed) {
        assert.equal(/<span class="other-language">in Dutch<\/span>/.test(rest), !target.startsWith('en/'), target);
        assert.equal(/^ lang="nl"/.test(rest), !target.startsWith('en/'), target);
      }
    }
  });

  it('is offered on every page, which says if it is not there', () => {
    for (const file of dutch(/^vragen\/v-\d+\.html$/)) {
      const menu = own.read(file).match(/<nav class="lang"[^]*?<\/nav>/)[0];
      const translated = own.pages.includes(`en/${file}`);
      assert.equal(/\(niet vertaald\)/.test(menu), !translated, file);
      assert.ok(leadsTo(own, file).has(translated ? `en/${file}` : 'en/index.html'), file);
    }
  });

  it('has marked as Dutch what is in Dutch on an English page', async () => {
    for (const file of ['en/index.html', 'en/vragen/index.html', 'en/kaart/index.html', 'en/bord/index.html', 'en/begrippenlijst/index.html', 'en/bevindingen/b-0016.html', 'en/themas/t-0001.html', 'en/voor-wie/gemeente/index.html', 'en/opvolging/index.html', 'en/tijdlijn/index.html', 'en/toezeggingenboek/index.html']) {
      const unmarked = await withPage(wide, server.at(file), (page) =>
        page.evaluate(() =>
          [...document.querySelectorAll('main a[href]:not(.map td a, .map-list li a, .references .sans)')]
            .filter((link) => link.origin === location.origin && !link.pathname.startsWith('/en/') && /\.html$/.test(link.pathname) && link.hreflang !== 'nl')
            .filter((link) => link.closest('[lang]').lang !== 'nl')
            .map((link) => link.outerHTML.slice(0, 200)),
        ),
      );
      assert.deepEqual(unmarked, [], file);
    }
  });
});
