// The built sites that the stories look at: the site of this repository, and small ones with what that site lacks.
// Every test file builds them anew, into a folder that goes away with it.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));

/** The folder of this repository's site: `site.yaml`, `content/`, `themes/`. */
export const repository = resolve(process.env.VIA_SITE_FOLDER ?? join(here, '../..'));

/** The program under test. */
const program = resolve(here, process.env.VIA_SITE ?? '../../target/release/via-site');

/** The day on which all stories take place. */
const today = '2026-11-23';

/** A built site: its folder, its files, and a way to read them. */
class Site {
  #texts = new Map();

  constructor(folder) {
    this.folder = folder;
    this.files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join('/'))
      .sort();
    this.pages = this.files.filter((file) => file.endsWith('.html'));
  }

  /** The text of a file. */
  read(file) {
    if (!this.#texts.has(file)) this.#texts.set(file, readFileSync(join(this.folder, file), 'utf8'));
    return this.#texts.get(file);
  }

  /** The bytes of a file. */
  bytes(file) {
    return readFileSync(join(this.folder, file));
  }

  /** The longest of the pages whose address fits: the one with the most to go wrong. */
  longest(pattern) {
    return this.pages.filter((page) => pattern.test(page)).sort((a, b) => this.read(b).length - this.read(a).length)[0];
  }
}

function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'via-site-browser-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function run(...words) {
  if (!existsSync(program)) {
    throw new Error(`${program} is not there: build it with "cargo build --release", or name the program in VIA_SITE`);
  }
  try {
    return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`via-site ${words.join(' ')}\n${error.stdout}${error.stderr}`);
  }
}

function build(source, ...words) {
  const output = join(temporaryFolder(), 'public');
  run('build', '--site', source, '--output', output, '--date', today, ...words);
  return new Site(output);
}

/** The site of this repository, built. */
export function ownSite(...words) {
  return build(repository, ...words);
}

/** A site of `tests/fixtures/`, built. */
export function fixtureSite(name) {
  return build(fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url)));
}

/** The folder of a new site, with the theme of this repository. */
function newSource() {
  const source = join(temporaryFolder(), 'site');
  run('init', source);
  if (existsSync(join(repository, 'themes'))) cpSync(join(repository, 'themes'), join(source, 'themes'), { recursive: true });
  return source;
}

/** Writes files, given by their paths, into a folder. */
function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A new site with these files more, built. */
export function siteWith(files) {
  const source = newSource();
  write(source, files);
  return build(source);
}

/** What the checker holds against a new site with these files more. */
export function diagnosticsOf(files) {
  const source = newSource();
  write(source, files);
  try {
    return JSON.parse(execFileSync(program, ['check', '--site', source, '--date', today, '--format', 'json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
  } catch (error) {
    return JSON.parse(error.stdout);
  }
}

/**
 * A small site with what the site of this repository has not: a page that moved, one that was removed,
 * one that says when it last changed, a plain list.
 */
export function smallSite() {
  const source = newSource();
  const schema = join(source, 'schema.yaml');
  const view = 'alle-vragen: {type: list, address: alle-vragen, title: {nl: Alle vragen, en: All questions}, kind: vraag}';
  writeFileSync(schema, readFileSync(schema, 'utf8').replace('\nviews:\n', `\nviews:\n  ${view}\n`));
  const question = readdirSync(join(source, 'content/vragen'))[0];
  const text = readFileSync(join(source, 'content/vragen', question), 'utf8');
  writeFileSync(join(source, 'content/vragen', question), text.replace('\n---\n', '\naliassen: [/oude/vraag/]\nbijgewerkt: 2026-10-01\n---\n'));
  writeFileSync(
    join(source, 'content/vragen/v-0900-een-verwijderde-vraag.md'),
    text.replace('\n---\n', '\nverwijderd: {datum: 2026-10-01, reden: Deze vraag stond er twee keer., opvolger: v-0001}\n---\n'),
  );
  return build(source);
}
