// What other programs read, judged by what other people wrote: JSON-LD by Google's types of schema.org, JSON Feed and
// CSL-JSON by their types, the sitemap by the schema of sitemaps.org, Atom by the validating parser of Ruby, and by packages
// from PyPI the catalogue (the SHACL shapes of DCAT-AP 3.0), calendars and RIS.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { validateXML } from 'xmllint-wasm';
import { ownSite, smallSite } from './support/site.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const own = ownSite();
const small = smallSite();

/** The things that a page describes in its JSON-LD. */
function thingsOf(site, file) {
  return [...site.read(file).matchAll(/<script type="application\/ld\+json">([^]*?)<\/script>/g)].flatMap(([, text]) => {
    const read = JSON.parse(text);
    assert.equal(read['@context'], 'https://schema.org', file);
    return read['@graph'] ?? [read];
  });
}

/** Which properties of which types a thing has: things of one shape are right or wrong together. */
const shapeOf = (value) => {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].sort()}]`;
  if (typeof value !== 'object' || value === null) return typeof value;
  return `{${Object.entries(value).map(([key, inner]) => `${key}:${key === '@type' ? JSON.stringify(inner) : shapeOf(inner)}`)}}`;
};

/**
 * What the compiler of TypeScript holds against values that say to be of a type; `vocabulary` imports the types. The answer
 * is a list of sentences that each begin with where the value comes from.
 */
function complaints(vocabulary, values) {
  // The compiler looks for the vocabulary in the folders above the file that it reads.
  const folder = mkdtempSync(join(here, 'node_modules/.types-'));
  try {
    const file = join(folder, 'values.ts');
    const lines = values.map(({ type, value }, at) => `export const value${at}: ${type} = ${JSON.stringify(value)};`);
    writeFileSync(file, [vocabulary, ...lines, ''].join('\n'));
    const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const words = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler', file];
    execFileSync(process.execPath, [compiler, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return [];
  } catch (error) {
    const told = [...`${error.stdout}`.matchAll(/values\.ts\((\d+),\d+\): error (.*)/g)];
    assert.ok(told.length > 0, `${error.stdout}${error.stderr}`);
    return told.map(([, line, what]) => `${values[line - 2].from}: ${what.slice(0, 300)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SCHEMA_ORG = "import type * as schema from 'schema-dts';";
const ofSchemaOrg = ({ from, thing }) => ({ from, value: thing, type: `schema.${thing['@type']}` });

/** The values of one shape each, of many. */
const differing = (values) => [...new Map(values.map((one) => [shapeOf(one.value), one])).values()];

describe('the JSON-LD', () => {
  const shapes = new Map();
  const types = new Set();
  for (const site of [own, small]) {
    for (const file of site.pages) {
      for (const thing of thingsOf(site, file)) {
        types.add(thing['@type']);
        shapes.set(shapeOf(thing), { from: file, thing });
      }
    }
  }

  it('uses types and properties of schema.org only, each with values that it may have', () => {
    assert.ok(shapes.size > 50, `${shapes.size} shapes`);
    assert.deepEqual(complaints(SCHEMA_ORG, [...shapes.values()].map(ofSchemaOrg)), []);
  });

  it('would be seen to use others', () => {
    const planted = [
      { '@type': 'Claim', name: 'x', nonsense: 'y' },
      { '@type': 'WebPage', name: 'x', citation: [{ '@type': 'Report', reportNumbr: 'y' }] },
      { '@type': 'Klaim', name: 'x' },
      { '@type': 'Question', acceptedAnswer: 3 },
    ].map((thing, at) => ({ from: `planted ${at}`, thing }));
    assert.equal(new Set(complaints(SCHEMA_ORG, planted.map(ofSchemaOrg)).map((what) => what.split(':')[0])).size, planted.length);
  });

  it('says of each kind of page what it is', () => {
    for (const type of ['Question', 'Claim', 'ResearchProject', 'Report', 'ScholarlyArticle', 'DefinedTerm', 'Dataset', 'BreadcrumbList', 'WebSite', 'WebPage']) {
      assert.ok(types.has(type), type);
    }
    assert.ok([...types].some((type) => /Organization$/.test(type)), 'an organisation');
  });

  it('stands on every page about one thing, and each page leads back to the front', () => {
    const faults = own.pages
      .filter((file) => /\/[a-z]-\d{4}\.html$/.test(file))
      .filter((file) => !thingsOf(own, file).some((thing) => thing['@type'] === 'BreadcrumbList' && thing.itemListElement.length >= 2));
    assert.deepEqual(faults, []);
  });

  it('accepts no answer to a question that is not answered', () => {
    const faults = [];
    for (const file of own.pages.filter((name) => /vragen\/v-\d+\.html$/.test(name))) {
      const question = thingsOf(own, file).find((thing) => thing['@type'] === 'Question');
      const answered = /status-vraag\/beantwoord\.html/.test(own.read(file).match(/<dl class="verdict[^]*?<\/dl>/)[0]);
      if ('acceptedAnswer' in question && !answered) faults.push(file);
    }
    assert.deepEqual(faults, []);
  });
});

describe('the sitemap', () => {
  const schema = readFileSync(join(dirname(createRequire(import.meta.url).resolve('sitemap/package.json')), 'schema/sitemap.xsd'), 'utf8');
  // Languages are told by links of XHTML, which that schema leaves to whoever owns them.
  const links = `<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xhtml"><xsd:element name="link"><xsd:complexType>
    <xsd:attribute name="rel" type="xsd:string" fixed="alternate" use="required"/><xsd:attribute name="hreflang" type="xsd:language" use="required"/>
    <xsd:attribute name="href" type="xsd:anyURI" use="required"/></xsd:complexType></xsd:element></xsd:schema>`;
  const whole = schema.replace(/(<xsd:schema[^>]*>)/, '$1<xsd:import namespace="http://www.w3.org/1999/xhtml" schemaLocation="links.xsd"/>');
  const judge = (contents) => validateXML({ xml: [{ fileName: 'sitemap.xml', contents }], schema: [whole], preload: [{ fileName: 'links.xsd', contents: links }] });

  it('fits the schema of sitemaps.org', async () => {
    const { errors } = await judge(own.read('sitemap.xml'));
    assert.deepEqual(errors.map(({ message }) => message), []);
    assert.equal((await judge('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><lok>x</lok></url></urlset>')).valid, false);
  });

  it('says of a page when it last changed, and of no page what nobody wrote down', () => {
    const days = (site) => [...site.read('sitemap.xml').matchAll(/<loc>[^<]*?:\/\/[^/]*\/([^<]*)<\/loc><lastmod>([^<]*)<\/lastmod>/g)].map(([, file, day]) => [file, day]);
    assert.deepEqual(days(small), [['vragen/v-0001.html', '2026-10-01']]);
    assert.ok(small.read('vragen/v-0001.html').includes('Laatst gewijzigd op 1 oktober 2026'));
    for (const [file] of days(own)) assert.ok(/Laatst gewijzigd op|Last changed on/.test(own.read(file)), file);
  });
});

/** What a program says, if it is there; else why not. */
function judged(program, ...words) {
  try {
    return { said: execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 }) };
  } catch (error) {
    if (error.code !== 'ENOENT') throw new Error(`${program}: ${error.stdout}${error.stderr}`);
    return { missing: `${program} is not there` };
  }
}

describe('feeds', () => {
  // The licence is ours to add, under a key that begins with a line.
  const JSON_FEED = "import type JsonFeed from '@json-feed-types/1_1'; type Feed = JsonFeed<{ feed: { _licence: { name: string; url: string } } }>;";
  const feeds = (end) => own.files.filter((file) => file.endsWith(end));
  const read = (file) => ({ from: file, type: 'Feed', value: JSON.parse(own.read(file)) });

  it('of JSON are what the types of JSON Feed 1.1 say', () => {
    const values = feeds('feed.json').map(read);
    assert.ok(values.length > 90, `${values.length} feeds`);
    assert.deepEqual(complaints(JSON_FEED, differing(values)), []);
    const [{ value }] = values;
    const planted = [{ ...value, items: 'none' }, { ...value, title: undefined }, { ...value, items: [{ id: 7 }] }];
    assert.equal(complaints(JSON_FEED, planted.map((one, at) => ({ from: `planted ${at}`, type: 'Feed', value: one }))).length, planted.length);
  });

  it('of Atom pass the validating parser of Ruby, with all their entries', (t) => {
    const judge = join(here, '../judges/atom.rb');
    const files = feeds('feed.xml');
    const { said, missing } = judged('ruby', judge, ...files.map((file) => join(own.folder, file)));
    if (missing) return t.skip(missing);
    const entries = files.reduce((sum, file) => sum + own.read(file).split('<entry>').length - 1, 0);
    assert.ok(entries > 100, `${entries} entries`);
    assert.equal(said, `${entries} entries\n`);
    const folder = mkdtempSync(join(tmpdir(), 'via-site-atom-'));
    try {
      const feed = own.read('feed.xml');
      const planted = [feed.replace(/<entry>\s*<title>.*<\/title>/, '<entry>'), feed.replace(/<updated>[^<]*/, '<updated>yesterday'), feed.replace(/<id>/, '<id>x</id><id>')];
      const wrong = planted.map((text, at) => {
        writeFileSync(join(folder, `${at}.xml`), text);
        return join(folder, `${at}.xml`);
      });
      assert.equal(judged('ruby', judge, ...wrong).said.split('\n').filter((line) => /is missing|not available|too much/.test(line)).length, planted.length);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('references', () => {
  it('as CSL-JSON are what its types say', () => {
    const read = (file) => JSON.parse(own.read(file)).map((value) => ({ from: `${file}: ${value.id}`, type: 'Data', value }));
    const values = read('data/bronnen.csl.json');
    assert.ok(values.length > 100, `${values.length} references`);
    const CSL = "import type { Data } from 'csl-json';";
    assert.deepEqual(complaints(CSL, differing(values)), []);
    const [{ value }] = values;
    const planted = [{ ...value, type: 'nonsense' }, { ...value, issued: 2020 }];
    assert.equal(complaints(CSL, planted.map((one, at) => ({ from: `planted ${at}`, type: 'Data', value: one }))).length, planted.length);
  });
});

describe('what packages from PyPI judge', () => {
  const python = join(here, '../judges/.venv/bin/python');
  const judge = (folder) => judged(python, join(here, '../judges/formats.py'), folder);
  const verdict = judge(own.folder);
  const skip = verdict.missing ?? false;

  for (const [pattern, what, atLeast] of [['*.ttl', 'the catalogue, by the shapes of DCAT-AP 3.0', 1], ['*.ics', 'every calendar', 20], ['*.ris', 'the references in RIS', 1]]) {
    it(`has no fault: ${what}`, { skip }, () => {
      const { files, faults } = JSON.parse(verdict.said)[pattern];
      assert.ok(files >= atLeast, `${files} files`);
      assert.deepEqual(faults, []);
    });
  }

  it('would be seen to have faults', { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'via-site-judged-'));
    try {
      const plant = (name, from, to) => {
        const file = own.files.find((path) => path.endsWith(name));
        const planted = own.read(file).replace(from, to);
        assert.notEqual(planted, own.read(file), name);
        writeFileSync(join(folder, name), planted);
      };
      plant('catalog.ttl', /dct:title [^;]*;/, '');
      plant('agenda.ics', /DTSTART;VALUE=DATE:\d+/, 'DTSTART;VALUE=DATE:20261399');
      plant('bronnen.ris', 'PY  - ', 'QQ  - ');
      for (const [pattern, { faults }] of Object.entries(JSON.parse(judge(folder).said))) assert.ok(faults.length > 0, pattern);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
