/**
 * The search page's interface: what a reader types and ticks becomes a question to the engine, its answer becomes
 * elements, and the address says both. Elements are made one by one; no string is ever read as HTML.
 *
 * @typedef {Awaited<ReturnType<typeof import('./search-engine.js').open>>} Index
 * @typedef {import('./search-engine.js').Answer} Answer
 * @typedef {import('./search-engine.js').Result} Result
 * @typedef {import('./search-engine.js').Segment} Segment
 * @typedef {{ query: string, filters: Record<string, string[]>, limit: number }} Question
 */

/** Milliseconds without a key before the engine is asked, before a wait is told, and before a result is read aloud. */
const PAUSE = 120, SLOW = 400, QUIET = 800;
/** Results shown at first, and added by the button below them. */
const FIRST = 10, MORE = 20;
/** Values of a facet that are too many to stand open; and which part of the found pages must have a facet for it to be shown at once. */
const MANY = 8, COMMON = 1 / 3;
/** Characters of a query that are used; more would make addresses that hosts refuse. */
const LONGEST = 300;

/** @template {HTMLElement} [T=HTMLElement] @param {string} name @returns {T} */
const part = (name) => /** @type {T} */ (document.querySelector(`[data-part="${name}"]`));

const page = part('search');
const form = /** @type {HTMLFormElement} */ (part('form'));
const box = /** @type {HTMLInputElement} */ (part('box'));
const slash = /** @type {HTMLInputElement} */ (part('slash'));
const { root = '', index: address = '' } = page.dataset;
const title = document.title;

/** @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} children */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {number} count */
const number = (count) => count.toLocaleString(document.documentElement.lang);

/** A text of the catalogue with its holes filled; a text in a hole keeps its own direction of writing (Unicode's isolates).
 * @param {string} name @param {Record<string, string | number>} [values] */
function say(name, values = {}) {
  const text = page.querySelector(`[data-word="${name}"]`)?.textContent ?? '';
  return text.replace(/\{(\w+)\}/g, (hole, key) => {
    const value = values[key];
    return value === undefined ? hole : typeof value === 'number' ? number(value) : `\u2068${value}\u2069`;
  });
}

/** @param {HTMLElement} element @param {boolean} shown */
const toggle = (element, shown) => element.toggleAttribute('hidden', !shown);

/** @type {Promise<Index> | undefined} */
let opening;
/** @type {Index | undefined} */
let index;
let loaded = false;
/** The next change of the query starts an entry of its own in the history. */
let settled = false;

/** The index, opened once; its facets become ticks, of which the address says which are set. */
async function open() {
  opening ??= import('./search-engine.js').then((engine) => {
    loaded = true;
    return engine.open(new URL(address, document.baseURI));
  });
  const opened = await opening;
  if (!index) {
    facets(opened);
    for (const tick of ticks()) tick.checked = new URLSearchParams(location.search).getAll(tick.name).includes(tick.value);
  }
  return (index = opened);
}

/** @returns {HTMLInputElement[]} */
const ticks = () => [...page.querySelectorAll('input[data-facet]')].map((tick) => /** @type {HTMLInputElement} */ (tick));

/** What box and ticks say now; before there are ticks the address says it. @returns {Question} */
function question(limit = FIRST) {
  const ticked = ticks().flatMap(({ checked, name, value }) => (checked ? [[name, value]] : []));
  /** @type {Record<string, string[]>} */
  const filters = Object.create(null);
  for (const [name, value] of index ? ticked : new URLSearchParams(location.search)) {
    if (name !== 'q') (filters[name] ??= []).push(value);
  }
  return { query: box.value.slice(0, LONGEST), filters, limit };
}

/** @param {Question} asked */
function addressOf({ query, filters }) {
  const parameters = new URLSearchParams(query.trim() && { q: query.trim() });
  for (const [name, values] of Object.entries(filters)) for (const value of values) parameters.append(name, value);
  return `${location.pathname}${String(parameters) && `?${parameters}`}`;
}

/** Makes box and ticks say what the address says. */
function restore() {
  const parameters = new URLSearchParams(location.search);
  box.value = (parameters.get('q') ?? '').slice(0, LONGEST);
  for (const tick of ticks()) tick.checked = parameters.getAll(tick.name).includes(tick.value);
}

/** @param {Question} asked @param {boolean} entry Whether the way back leads to what was there before. */
function remember(asked, entry) {
  const there = addressOf(asked);
  const same = there === location.pathname + location.search;
  try {
    history[entry && !same ? 'pushState' : 'replaceState']({ limit: asked.limit }, '', there);
  } catch {
    // Browsers refuse more than some hundred changes in half a minute; the next one catches up.
  }
}

let last = '';
/** @type {AbortController | undefined} */
let running;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let aloud;

/** Asks what box and ticks say, unless that was asked last; an answer that another question has overtaken is dropped. */
async function ask(limit = FIRST) {
  clearTimeout(pause);
  const query = box.value.trim();
  const key = JSON.stringify(question(limit));
  if (key === last) return;
  last = key;
  document.title = query ? `${query} - ${title}` : title;
  running?.abort();
  const { signal } = (running = new AbortController());
  const wait = setTimeout(() => {
    if (isIdle(question())) return;
    heading(say('busy'));
    announce(say('busy'));
  }, SLOW);
  part('results').setAttribute('aria-busy', 'true');
  try {
    const from = await open();
    if (signal.aborted) return;
    const asked = question(limit);
    const options = { filters: asked.filters, limit, signal };
    const answer = await from.ask(asked.query, { ...options, facets: false });
    if (signal.aborted) return;
    clearTimeout(wait);
    show(answer, asked);
    const counted = answer.facets.length < from.facets.length ? await from.ask(asked.query, options) : answer;
    if (!signal.aborted) count(counted, answer.total || from.size);
  } catch (error) {
    if (!signal.aborted) explain(error);
  } finally {
    clearTimeout(wait);
    if (running?.signal === signal) part('results').removeAttribute('aria-busy');
  }
}

/** @param {boolean} entry Whether the way back leads to what was there before. */
function changed(entry, limit = FIRST) {
  remember(question(limit), entry);
  return ask(limit);
}

/** @param {Question} asked */
const isIdle = ({ query, filters }) => !query.trim() && !Object.keys(filters).length;

/** @param {string} text */
function heading(text) {
  part('count').textContent = text;
  toggle(part('results'), text !== '');
}

/** Tells those who listen, once the reader has stopped typing. @param {string} text */
function announce(text, quiet = QUIET) {
  clearTimeout(aloud);
  aloud = setTimeout(() => (part('live').textContent = text), quiet);
}

/** @param {Segment[]} segments */
const marked = (segments) => segments.map(({ text, mark }) => (mark ? make('mark', {}, text) : text));

/** @param {Result} result */
function card(result) {
  const labels = new Map(index?.facets.map(({ name, label }) => [name, label]));
  /** @type {Record<string, string>} */
  const lang = result.language === document.documentElement.lang ? {} : { lang: result.language };
  const href = root + result.url;
  const item = make('li', {}, make('h4', { class: 'title' }, make('a', { href, 'data-page': String(result.page), ...lang }, ...marked(result.title))));
  if (result.excerpt.length) item.append(make('p', { class: 'sum', ...lang }, ...marked(result.excerpt)));
  const meta = make('p', { class: 'meta' }, make('span', {}, result.kindLabel));
  for (const { name, label, tone } of result.badges) {
    const field = labels.get(name);
    meta.append(make('span', { class: `badge${tone ? ` tone-${tone}` : ''}` }, ...(field ? [make('span', { class: 'vh' }, `${field}: `)] : []), label));
  }
  if (result.heading) {
    const there = make('a', { href: `${href}#${result.heading.anchor}`, ...lang }, result.heading.title);
    meta.append(make('span', {}, `${say('under')} `, there));
  }
  item.append(meta);
  return item;
}

/**
 * The results by kind, that of the best result first, each with the way to all of its kind that were found.
 * @param {Answer} answer @param {Question} asked
 */
function byKind({ results, groups }, asked) {
  /** @type {Map<string, Result[]>} */
  const kinds = new Map();
  for (const result of results) kinds.set(result.kind, [...(kinds.get(result.kind) ?? []), result]);
  return [...kinds].map(([kind, shown]) => {
    const { label = kind, total = 0 } = groups.find((group) => group.kind === kind) ?? {};
    const head = make('div', { class: 'found' }, make('h3', {}, label));
    if (total > shown.length && kinds.size > 1) head.append(allOf(kind, total, asked));
    return make('section', {}, head, make('ul', { class: 'items' }, ...shown.map(card)));
  });
}

/** @param {string} kind @param {number} count @param {Question} asked */
function allOf(kind, count, asked) {
  const [facet] = index?.facets ?? [];
  const all = make('a', { href: addressOf({ ...asked, filters: { ...asked.filters, [facet.name]: [kind] } }) }, say('all_of_kind', { count }));
  all.addEventListener('click', async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    for (const tick of ticks()) if (tick.name === facet.name) tick.checked = tick.value === kind;
    await changed(true);
    links()[0]?.focus();
  });
  return all;
}

/** Those to the results, from the first to the last. @returns {HTMLAnchorElement[]} */
const links = () => [.../** @type {NodeListOf<HTMLAnchorElement>} */ (part('list').querySelectorAll('.title a'))];

/** @param {Answer} answer @param {Question} asked */
function show(answer, asked) {
  const query = asked.query.trim();
  const idle = isIdle(asked);
  const found = say(answer.total === 1 ? 'found_one' : 'found_other', { count: answer.total });
  const text = idle ? '' : answer.total ? found : query ? say('nothing', { query }) : say('nothing_filtered');
  heading(text);
  part('list').replaceChildren(...byKind(answer, asked));
  part('notes').replaceChildren(
    ...answer.notes.map((note) => say(note.code, { ...note })).filter(Boolean).map((note) => make('p', { class: 'sum' }, note)),
  );
  toggle(part('suggestion'), Boolean(answer.suggestion));
  part('suggested').textContent = answer.suggestion;
  part('suggested').setAttribute('href', addressOf({ ...asked, query: answer.suggestion ?? '' }));
  toggle(part('clear'), Object.keys(asked.filters).length > 0);
  toggle(part('steps'), !idle && !answer.total);
  toggle(part('more'), answer.results.length < answer.total);
  toggle(part('retry'), false);
  toggle(part('lists'), !answer.total || idle);
  announce(answer.suggestion ? `${text}. ${part('suggestion').textContent}` : text);
}

/** Says why there is no answer, and leaves the lists to browse. @param {unknown} error */
function explain(error) {
  last = '';
  opening = undefined;
  const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
  loaded &&= !message.endsWith('.js');
  heading(say(loaded ? `${code}` : 'offline') || say('damaged'));
  part('list').replaceChildren();
  part('notes').replaceChildren();
  for (const name of ['suggestion', 'steps', 'more']) toggle(part(name), false);
  for (const name of ['retry', 'lists']) toggle(part(name), true);
  announce(part('count').textContent ?? '', 0);
}

/** Makes the ticks of every facet, once. @param {Index} from */
function facets(from) {
  for (const name of ['top', 'side']) toggle(part(name), true);
  from.facets.forEach(({ name, label, values }, at) => {
    const items = values.map(({ value, label: word, tone }) => {
      const tick = make('input', { type: 'checkbox', name, value, 'data-facet': '' });
      return make('li', { hidden: '' }, make('label', {}, tick, make('span', tone ? { class: `tone-${tone}` } : {}, word), make('span', { class: 'n' })));
    });
    const group = make('fieldset', {}, make('legend', { class: 'vh' }, label), make('ul', { class: 'plain' }, ...items));
    if (at === 0) {
      part('kind').textContent = label;
      part('kinds').append(group);
      part('example').textContent = `${label.toLocaleLowerCase()}:${values[0]?.value ?? ''}`;
    } else {
      part('facets').append(make('details', values.length > MANY ? {} : { open: '' }, make('summary', {}, label), group));
    }
  });
}

/**
 * Tells beside each tick how much it would find. What would find nothing is left out, and facets that few of the found
 * pages have wait for a button; but never what the reader chose, or stands at.
 * @param {Answer} answer @param {number} pages
 */
function count(answer, pages) {
  const counts = new Map(answer.facets.flatMap(({ name, values }) => values.map(({ value, count }) => [`${name}:${value}`, count])));
  let rare = 0;
  for (const group of page.querySelectorAll('fieldset')) {
    let [sum, kept] = [0, group.contains(document.activeElement)];
    for (const tick of group.querySelectorAll('input')) {
      const found = counts.get(`${tick.name}:${tick.value}`) ?? 0;
      const item = /** @type {HTMLElement} */ (tick.closest('li'));
      const counted = /** @type {HTMLElement} */ (item.querySelector('.n'));
      counted.textContent = number(found);
      toggle(item, found > 0 || tick.checked);
      sum += found;
      kept ||= tick.checked;
    }
    const facet = /** @type {HTMLElement} */ (group.parentElement);
    toggle(facet, sum > 0 || kept);
    facet.classList.toggle('rare', !kept && sum < pages * COMMON);
    rare += Number(facet.matches('.side .rare:not([hidden])'));
  }
  toggle(part('all'), rare > 0);
  for (const group of page.querySelectorAll('.facets')) {
    const chosen = group.querySelectorAll(':checked').length;
    const told = /** @type {HTMLElement} */ (group.querySelector('.chosen'));
    told.textContent = chosen ? ` (${chosen})` : '';
  }
}

box.addEventListener('input', () => {
  clearTimeout(pause);
  pause = setTimeout(() => {
    void changed(settled);
    settled = false;
  }, PAUSE);
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void changed(settled);
  settled = true;
});

page.addEventListener('change', (event) => {
  if (event.target instanceof HTMLElement && 'facet' in event.target.dataset) void changed(true);
});

part('clear').addEventListener('click', () => {
  for (const tick of ticks()) tick.checked = false;
  void changed(true);
  box.focus();
});

part('all').addEventListener('click', () => {
  const all = part('facets').classList.toggle('all');
  part('all').setAttribute('aria-expanded', String(all));
});

part('more').addEventListener('click', async () => {
  const shown = new Set(links().map(({ dataset }) => dataset.page));
  await changed(false, shown.size + MORE);
  links().find(({ dataset }) => !shown.has(dataset.page))?.focus();
});

part('suggested').addEventListener('click', (event) => {
  event.preventDefault();
  box.value = part('suggested').textContent ?? '';
  void changed(true);
  box.focus();
});

part('retry').addEventListener('click', () => {
  // A module that did not arrive is not fetched again by the page that missed it.
  if (!loaded) location.reload();
  void ask();
  box.focus();
});

addEventListener('popstate', () => {
  restore();
  void ask(history.state?.limit);
});

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = /** @type {HTMLElement} */ (event.target);
  const writing = at.matches?.('input:not([type=checkbox]), textarea, select, [contenteditable]');
  if (event.key === '/' && slash.checked && !writing) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === 'Escape' && at === box && box.value) {
    event.preventDefault();
    box.value = '';
    void changed(settled);
  } else if (event.key === 'Escape' && page.contains(at)) {
    box.focus();
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const stops = [box, ...links()];
    const to = stops[stops.findIndex((stop) => stop === at) + (event.key === 'ArrowDown' ? 1 : -1)];
    if (!stops.some((stop) => stop === at) || !to) return;
    event.preventDefault();
    to.focus();
  }
});

toggle(part('unsearched'), false);
toggle(form, true);
restore();
void ask(history.state?.limit);
