// The preview's script in a page: it listens while the page is looked at, puts the new page into the old one, and shows
// what is wrong. It is added by the preview only; no published page has it.

import { Idiomorph } from './idiomorph.js';

const own = document.querySelector('script[data-via-page]');
const address = own.dataset.viaPage;
const token = own.dataset.viaToken;
const language = document.documentElement.lang || 'en';

/** What stands in the page now: the fingerprint of the page, and the stamp of the errors that are shown. */
let shown = own.dataset.viaHash;
let errors;

// ---- the page

/** Puts in what the page now holds, and leaves alone what the reader did to it. */
async function renew() {
  const answer = await fetch(location.href, { cache: 'no-cache' });
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const tag = next.querySelector('script[data-via-page]');
  const before = own.dataset.viaState;
  if (!tag || tag.dataset.viaState !== before || !['page', 'own'].includes(before) || sources(next) !== sources(document)) return location.reload();
  await restyle(next);
  document.title = next.title;
  document.documentElement.lang = next.documentElement.lang;
  Idiomorph.morph(document.body, next.body, {
    morphStyle: 'outerHTML',
    callbacks: {
      // What was typed, ticked and unfolded is the reader's.
      beforeAttributeUpdated: (name, element) =>
        !(['value', 'checked', 'selected'].includes(name) || (name === 'open' && ['DETAILS', 'DIALOG'].includes(element.tagName))),
    },
  });
  shown = tag.dataset.viaHash;
  // Results of a search are made by a script from what was typed, so they are made again.
  for (const field of document.querySelectorAll('input[type=search]')) {
    if (field.value) field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  document.dispatchEvent(new CustomEvent('via:renewed'));
}

/** The scripts of a page; a page with other scripts has to start anew. */
function sources(page) {
  return [...page.querySelectorAll('script[src]')].map((script) => script.getAttribute('src')).join(' ');
}

/** Exchanges styles: the old ones go once the new ones are there, so that the page is never without. */
async function restyle(next) {
  const href = (link) => link.getAttribute('href');
  const styles = (page) => [...page.head.querySelectorAll('link[rel=stylesheet]')];
  const old = styles(document);
  const wanted = styles(next);
  const fresh = wanted.filter((link) => !old.some((other) => href(other) === href(link)));
  await Promise.all(
    fresh.map((link) => {
      const copy = document.importNode(link, true);
      const loaded = new Promise((done) => {
        copy.addEventListener('load', done, { once: true });
        copy.addEventListener('error', done, { once: true });
      });
      (old.at(-1) ?? own).after(copy);
      return loaded;
    }),
  );
  for (const link of old) if (!wanted.some((other) => href(other) === href(link))) link.remove();
}

// ---- the panel: beside the body and in a tree of its own, so that neither the page nor its styles touch it

const host = document.createElement('via-preview');
const tree = host.attachShadow({ mode: 'open' });
const style = document.createElement('link');
style.rel = 'stylesheet';
style.href = '/_via/preview.css';
const panel = document.createElement('div');
panel.className = 'panel';
tree.append(style, panel);
if (own.dataset.viaState !== 'own') document.documentElement.append(host);

let asksOwn = false;

async function drawPanel() {
  const query = new URLSearchParams({ page: address, lang: document.documentElement.lang || language });
  if (asksOwn) query.set('own', '');
  const answer = await fetch(`/_via/panel?${query}`);
  if (!answer.ok) return;
  const draft = document.createElement('div');
  draft.innerHTML = await answer.text();
  Idiomorph.morph(panel, draft, { morphStyle: 'innerHTML' });
}

async function act(event) {
  const button = event.target.closest?.('button');
  if (!button) return;
  const said = button.closest('.box, main')?.querySelector('.said');
  if (button.dataset.open !== undefined) {
    const body = new URLSearchParams({ file: button.dataset.open, line: button.dataset.line ?? 1, column: button.dataset.column ?? 1 });
    const answer = await fetch('/_via/open', { method: 'POST', headers: { 'x-via-token': token }, body });
    const { editor, opened } = answer.ok ? await answer.json() : { editor: String(answer.status), opened: false };
    if (said) said.textContent = `${opened ? said.dataset.opened : said.dataset.failed} ${editor}`;
  } else if (button.dataset.copy !== undefined) {
    await navigator.clipboard.writeText(button.dataset.copy);
    if (said) said.textContent = said.dataset.copied;
  } else if (button.dataset.own !== undefined) {
    asksOwn = !asksOwn;
    await drawPanel();
  } else if (button.dataset.close !== undefined) {
    if (!button.closest('.care')) return button.closest('.box').remove();
    asksOwn = false;
    await drawPanel();
    panel.querySelector('.pill')?.focus();
  }
}

panel.addEventListener('click', act);
if (own.dataset.viaState === 'own') document.addEventListener('click', act);

// ---- what the server tells

let waiting = null;
let busy = Promise.resolve();

/** Only the last message counts; one is dealt with at a time. */
function hear(message) {
  waiting = message;
  busy = busy.then(async () => {
    if (!waiting) return;
    const now = waiting;
    waiting = null;
    if (now.ready && own.dataset.viaState === 'building') return location.reload();
    const isOther = (now.page ?? '') !== shown;
    if (isOther) await renew();
    if (now.errors !== errors || (isOther && asksOwn)) {
      errors = now.errors;
      if (own.dataset.viaState !== 'own') await drawPanel();
    }
  }).catch(() => {});
}

let stream = null;

/** Listens while the page is looked at: browsers give each host six connections, and hidden tabs would take them. */
function listen() {
  if (document.visibilityState === 'hidden') {
    stream?.close();
    stream = null;
  } else if (!stream) {
    stream = new EventSource(`/_via/events?${new URLSearchParams({ page: address })}`);
    stream.addEventListener('message', (event) => hear(JSON.parse(event.data)));
    stream.addEventListener('error', () => {
      // An answer that is no stream ends it for good; then we ask again ourselves.
      if (stream?.readyState !== EventSource.CLOSED) return;
      stream = null;
      setTimeout(listen, 1000);
    });
  }
}

document.addEventListener('visibilitychange', listen);
addEventListener('pagehide', () => { stream?.close(); stream = null; });
addEventListener('pageshow', listen);
listen();
