// Pages for planted content, and a look at what became of it: whether a function that waits to be called was called, by itself
// or after anything that a reader may do, and whether the page asked others for something or went elsewhere.

import { each, look } from './browser.mjs';

/** An image of one pixel. */
export const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=', 'base64');

/** A page of front matter, which as JSON is YAML too, and a body. */
export const page = (matter, body = '') => `---\n${JSON.stringify(matter)}\n---\n\n${body}\n`;
/** An id as kinds with numbers have them. */
export const id = (prefix, number) => `${prefix}-${String(number).padStart(4, '0')}`;

/** What in a page could run: elements, attributes and addresses that have no business there. */
export function harmfulIn(root) {
  const harmful = [];
  for (const element of root.querySelectorAll('*')) {
    const name = element.localName;
    // The theme's own box for searching is the only form.
    if (name === 'form' && element.getAttribute('role') === 'search') continue;
    if (/^(iframe|object|embed|base|form|foreignobject|animate|style|audio|video|marquee)$/.test(name)) harmful.push(`<${name}>`);
    if (name === 'script' && element.type === 'application/ld+json') JSON.parse(element.textContent);
    else if (name === 'script' && !/(^|\/)assets\/[\w.-]+$/.test(element.getAttribute('src') ?? '')) harmful.push(element.outerHTML);
    for (const { name: key, value } of element.attributes) {
      if (/^on/i.test(key) || key === 'style' || key === 'srcdoc') harmful.push(`${key} on ${name}`);
      if (/^(href|src|action|formaction|data|xlink:href)$/.test(key) && /^[\s\p{Cc}]*(javascript|vbscript|data|blob|file):/iu.test(value)) harmful.push(`${key}="${value}"`);
    }
  }
  return harmful;
}

/** What a reader may do with a page, and what happens in it meanwhile, to every element at once. */
function touch() {
  const elements = [...document.querySelectorAll('*')];
  const follow = (event) => {
    const link = event.target.closest?.('a, area');
    const address = link?.href?.baseVal ?? link?.href;
    // Links that lead to a page, or nowhere, would end the visit; what runs something may.
    if (address && (!URL.canParse(address, document.baseURI) || /^(https?|mailto|tel|ftp):$/.test(new URL(address, document.baseURI).protocol))) event.preventDefault();
  };
  const send = (event) => {
    const address = event.submitter?.getAttribute('formaction') ?? event.target.getAttribute('action') ?? '';
    if (!/^[^a-z]*(javascript|data):/i.test(address)) event.preventDefault();
  };
  addEventListener('click', follow);
  addEventListener('submit', send);
  const types = ['focus', 'focusin', 'blur', 'mouseover', 'mouseenter', 'mousemove', 'pointerover', 'pointerenter', 'pointerdown', 'mousedown', 'keydown', 'input', 'change',
    'copy', 'paste', 'dragstart', 'contextmenu', 'auxclick', 'wheel', 'scroll', 'scrollend', 'animationstart', 'animationend', 'transitionend', 'toggle', 'beforetoggle', 'begin'];
  for (const element of elements) {
    if (element.tabIndex >= 0 && !element.closest('body > header, body > footer')) element.focus({ preventScroll: true });
    for (const type of types) element.dispatchEvent(new Event(type));
    if (element.matches('a, area, button, summary, input, option, label, [tabindex]') || element.closest('svg, math') || element.hasAttribute('onclick')) {
      element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
    }
  }
}

/**
 * Opens addresses in a few tabs and does there what a reader may do; what was wrong at each, as a map from the address to
 * sentences. `story` does more with the open page.
 */
export async function visit(browser, addresses, story = async () => {}) {
  const faults = new Map();
  await each([0, 1, 2], async (turn) => {
    const context = await browser.newContext(look({ width: 1280 }));
    let now = '';
    let expected = new URL(addresses[0]);
    const fault = (words) => faults.set(now, [...(faults.get(now) ?? []), words]);
    await context.exposeFunction('planted', () => fault('planted() was called'));
    const start = async () => {
      const tab = await context.newPage();
      tab.setDefaultTimeout(20_000);
      tab.on('dialog', (dialog) => {
        fault(`a dialog: ${dialog.message()}`);
        dialog.dismiss().catch(() => {});
      });
      tab.on('request', (request) => {
        const { protocol, origin } = new URL(request.url());
        if (protocol !== 'data:' && origin !== expected.origin) fault(`asked ${request.url()}`);
      });
      tab.on('popup', (popup) => {
        fault(`opened ${popup.url()}`);
        popup.close().catch(() => {});
      });
      tab.on('framenavigated', (frame) => {
        if (frame !== tab.mainFrame()) fault(`a frame: ${frame.url()}`);
        else if (new URL(frame.url()).pathname !== expected.pathname) fault(`went to ${frame.url()}`);
      });
      return tab;
    };
    let tab = await start();
    let seen = 0;
    for (const address of addresses.filter((_, at) => at % 3 === turn)) {
      now = address;
      expected = new URL(address);
      try {
        await tab.goto(address, { waitUntil: 'load' });
        const found = await tab.evaluate(`(${harmfulIn})(document)`);
        found.forEach(fault);
        await tab.evaluate(`(${touch})()`);
        // An address that runs something, and what was called, are told a moment later; a tab behind others has slow clocks.
        await new Promise((done) => setTimeout(done, 15));
        await story(tab, address);
      } catch (error) {
        fault(`broke off: ${error.message.split('\n')[0]}`);
      }
      // What went wrong in one page is not to be told of the next, and a tab that has seen many becomes slow.
      seen += 1;
      if (faults.has(address) || seen % 20 === 0) {
        await tab.close();
        tab = await start();
      }
    }
    await context.close();
  });
  return faults;
}
