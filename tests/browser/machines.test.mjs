// What search engines read: the JSON-LD of every page against the vocabulary of schema.org, the sitemap against its
// schema. Both judges are other people's: Google's types of that vocabulary, and the schema of sitemaps.org.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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

/** What the compiler of TypeScript holds against things that say to be things of schema.org. */
function complaints(things) {
  // The compiler looks for the vocabulary in the folders above the file that it reads.
  const folder = mkdtempSync(join(here, 'node_modules/.json-ld-'));
  try {
    const file = join(folder, 'things.ts');
    const lines = things.map(({ thing }, at) => `export const thing${at}: schema.${thing['@type']} = ${JSON.stringify(thing)};`);
    writeFileSync(file, ["import type * as schema from 'schema-dts';", ...lines, ''].join('\n'));
    const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const words = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--moduleResolution', 'nodenext', file];
    execFileSync(process.execPath, [compiler, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return [];
  } catch (error) {
    const told = [...`${error.stdout}`.matchAll(/things\.ts\((\d+),\d+\): error (.*)/g)];
    assert.ok(told.length > 0, `${error.stdout}${error.stderr}`);
    return told.map(([, line, what]) => `${things[line - 2].from}: ${what.slice(0, 300)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

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
    assert.deepEqual(complaints([...shapes.values()]), []);
  });

  it('would be seen to use others', () => {
    const planted = [
      { '@type': 'Claim', name: 'x', nonsense: 'y' },
      { '@type': 'WebPage', name: 'x', citation: [{ '@type': 'Report', reportNumbr: 'y' }] },
      { '@type': 'Klaim', name: 'x' },
      { '@type': 'Question', acceptedAnswer: 3 },
    ].map((thing, at) => ({ from: `planted ${at}`, thing }));
    assert.equal(new Set(complaints(planted).map((what) => what.split(':')[0])).size, planted.length);
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
