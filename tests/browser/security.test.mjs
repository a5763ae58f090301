// Security and privacy: the strict policy holds on every template, nothing is kept, nobody else is asked.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { look, startBrowser } from './support/browser.mjs';
import { tags } from './support/links.mjs';
import { POLICY, serve } from './support/server.mjs';
import { ownSite, smallSite } from './support/site.mjs';
import { samples } from './support/templates.mjs';

const own = ownSite();
const small = smallSite();
const PLANTED = {
  '/planted.html': `<!doctype html><html lang="en"><title>planted</title><h1>planted</h1>
    <p style="color: red">A style in the tag,</p><script>document.title = 'it ran'</script>
    <img src="http://127.0.0.1:9/elsewhere.png" alt="a picture from elsewhere"></html>`,
};
const servers = new Map([[own, await serve(own, { extra: PLANTED })], [small, await serve(small)]]);
const browser = await startBrowser();
const pages = samples(own, small);

after(async () => {
  await browser.close();
  for (const server of servers.values()) await server.close();
});

/** One browser session for the whole walk, in which whatever a page kept would be found; what each of its pages did. */
const context = await browser.newContext(look({ width: 1280 }));
const seenOn = new Map();
await context.exposeBinding('tellOfViolation', ({ page }, what) => seenOn.get(page)?.violations.push(what));
await context.addInitScript(() => {
  document.addEventListener('securitypolicyviolation', (event) => globalThis.tellOfViolation(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));
});
// A page that leaves by itself is looked at with its refresh held back.
await context.route('**/oude/**', async (route) => {
  const answer = await route.fetch();
  await route.fulfill({ response: answer, body: (await answer.text()).replace(/<meta http-equiv="refresh"[^>]*>/, '') });
});

/** Opens a page, and tells all that it did. */
async function visit(address) {
  const page = await context.newPage();
  const seen = { violations: [], errors: [], elsewhere: [], kept: null, title: '' };
  seenOn.set(page, seen);
  try {
    page.on('console', (message) => message.type() === 'error' && seen.errors.push(message.text()));
    page.on('pageerror', (error) => seen.errors.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${new URL(address).origin}/`) && !request.url().startsWith('data:')) seen.elsewhere.push(request.url());
    });
    const answer = await page.goto(address, { waitUntil: 'load' });
    await page.waitForTimeout(100);
    assert.equal(answer.headers()['content-security-policy'], POLICY);
    seen.title = await page.title();
    seen.kept = {
      cookies: (await context.cookies()).length,
      ...(await page.evaluate(async () => ({
        storage: localStorage.length + sessionStorage.length,
        databases: (await indexedDB.databases()).length,
        caches: (await globalThis.caches?.keys())?.length ?? 0,
        workers: (await navigator.serviceWorker?.getRegistrations())?.length ?? 0,
      }))),
    };
    return seen;
  } finally {
    await page.close();
  }
}

describe('under the strict policy', { concurrency: 3 }, () => {
  it('a page that breaks it is seen to break it', async () => {
    const { violations, elsewhere, title } = await visit(servers.get(own).at('planted.html'));
    assert.equal(title, 'planted');
    assert.ok(violations.some((what) => what.startsWith('style-src')), 'a style in a tag');
    assert.ok(violations.some((what) => what.startsWith('script-src')), 'a script in the page');
    assert.ok(violations.some((what) => what.startsWith('img-src')), 'a picture from elsewhere');
    assert.deepEqual(elsewhere.filter((address) => !address.startsWith('http://127.0.0.1:9/')), []);
  });

  for (const { name, language, site, file } of pages) {
    it(`${name} in ${language} (${file}) breaks nothing, keeps nothing, asks nobody else`, async () => {
      const { violations, errors, elsewhere, kept } = await visit(servers.get(site).at(file));
      assert.deepEqual(violations, []);
      assert.deepEqual(errors, []);
      assert.deepEqual(elsewhere, []);
      assert.deepEqual(kept, { cookies: 0, storage: 0, databases: 0, caches: 0, workers: 0 });
    });
  }
});

describe('in the text of every page that was built', () => {
  const everyTag = function* () {
    for (const site of [own, small]) for (const file of site.pages) for (const tag of tags(site.read(file))) yield { file, ...tag };
  };

  it('no style and no script stands in the page, nor in a picture', () => {
    const faults = new Set();
    for (const { file, name, attributes } of everyTag()) {
      if (name === 'style') faults.add(`${file}: <style>`);
      if ('style' in attributes) faults.add(`${file}: style="${attributes.style}" on ${name}`);
      if (name === 'script' && !('src' in attributes) && attributes.type !== 'application/ld+json') faults.add(`${file}: <script>`);
      for (const key of Object.keys(attributes)) if (key.startsWith('on')) faults.add(`${file}: ${key} on ${name}`);
    }
    for (const file of own.files.filter((name) => name.endsWith('.svg'))) {
      if (/<script|<style|\bstyle=|\son\w+=|javascript:/i.test(own.read(file))) faults.add(file);
    }
    assert.deepEqual([...faults].slice(0, 20), []);
  });

  it('links use safe schemes only, and what a page loads comes from the site itself', () => {
    const faults = new Set();
    for (const { file, name, attributes } of everyTag()) {
      const scheme = (attributes.href ?? '').match(/^\s*([a-z][a-z0-9+.-]*):/i)?.[1].toLowerCase();
      if (scheme && !['http', 'https', 'mailto', 'tel'].includes(scheme)) faults.add(`${file}: ${attributes.href}`);
      const loads = attributes.src ?? attributes.data ?? (name === 'link' && /stylesheet|icon|preload/.test(attributes.rel) ? attributes.href : '');
      if (/^([a-z]+:)?\/\//i.test(loads)) faults.add(`${file}: loads ${loads}`);
      if (name === 'iframe' || name === 'object' || name === 'embed' || name === 'base') faults.add(`${file}: <${name}>`);
    }
    assert.deepEqual([...faults].slice(0, 20), []);
  });

  it('the stylesheet asks nobody else', () => {
    for (const file of own.files.filter((name) => name.endsWith('.css'))) {
      const addresses = [...own.read(file).matchAll(/url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)/g)].map(([, first, second]) => first ?? second);
      assert.deepEqual(addresses.filter((address) => /^([a-z]+:)?\/\//i.test(address)), [], file);
    }
  });

  it('no compiled code is there', () => {
    assert.deepEqual(own.files.filter((file) => file.endsWith('.wasm')), []);
  });
});
