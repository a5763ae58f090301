// What a reader, a keyboard and a checker see of an open page. Each function returns the faults that it found, as
// sentences; none found is an empty list.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe-core holds against the page, or against a part of it that a selector names. */
export async function axeFaults(page, within = null, runOnly = AXE_TAGS) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  const violations = await page.evaluate(
    ([runOnly, part]) => globalThis.axe.run(part ?? document, { runOnly, resultTypes: ['violations'], preload: false }).then((result) => result.violations),
    [runOnly, within],
  );
  return violations.map(
    ({ id, help, nodes }) => `axe ${id}: ${help}; ${nodes.length} times, first at ${nodes[0].target.join(' ')}: ${nodes[0].html.slice(0, 160)}`,
  );
}

/** What it holds against the colours alone. */
export const contrastFaults = (page) => axeFaults(page, null, { type: 'rule', values: ['color-contrast', 'link-in-text-block'] });

/** The page itself never scrolls sideways; only data tables do, inside a labelled region that the keyboard reaches. */
export function sidewaysFaults(page) {
  return page.evaluate(() => {
    const name = (element) => `${element.localName}${element.className ? `.${String(element.className).replaceAll(' ', '.')}` : ''}`;
    const faults = [];
    const root = document.scrollingElement;
    if (root.scrollWidth > window.innerWidth) {
      const wide = [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1);
      faults.push(`the page is ${root.scrollWidth} px wide in a window of ${window.innerWidth} px: ${wide.slice(-3).map(name).join(', ')}`);
    }
    for (const element of document.body.querySelectorAll('*')) {
      if (element.scrollWidth <= element.clientWidth + 1 || element.clientWidth === 0) continue;
      if (!['auto', 'scroll'].includes(getComputedStyle(element).overflowX)) continue;
      const labelled = element.getAttribute('aria-label') || element.getAttribute('aria-labelledby');
      if (element.tabIndex < 0 || !labelled) faults.push(`${name(element)} scrolls sideways without a label or out of the keyboard's reach`);
    }
    return faults;
  });
}

/** One `h1`, no skipped level, the landmarks, a title and the right language. */
export function structureFaults(page, { language, bare = false }) {
  return page.evaluate(
    ({ language, bare }) => {
      const faults = [];
      const seen = (element) => element.checkVisibility?.() ?? element.getClientRects().length > 0;
      const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(seen);
      const levels = headings.map((heading) => Number(heading.localName[1]));
      if (levels.filter((level) => level === 1).length !== 1) faults.push(`${levels.filter((level) => level === 1).length} h1 instead of 1`);
      if (levels[0] !== 1) faults.push(`the first heading is h${levels[0]}: ${headings[0]?.textContent}`);
      for (let at = 1; at < levels.length; at += 1) {
        if (levels[at] > levels[at - 1] + 1) faults.push(`h${levels[at]} after h${levels[at - 1]}: ${headings[at].textContent.trim()}`);
      }
      if (document.documentElement.lang !== language) faults.push(`lang is ${document.documentElement.lang}`);
      if (document.querySelectorAll('main').length !== 1) faults.push('not one main');
      if (!document.title.includes(headings[0]?.textContent.trim().slice(0, 20) ?? '') && !bare && !document.querySelector('.hero')) {
        faults.push(`the title "${document.title}" does not name the page`);
      }
      if (!bare) {
        if (document.querySelectorAll('body > header').length !== 1) faults.push('not one header of the page');
        if (document.querySelectorAll('body > footer').length !== 1) faults.push('not one footer of the page');
        if (!document.querySelector('header nav')) faults.push('no navigation');
        const licence = document.querySelector('footer a[rel~=license]');
        if (!licence || !seen(licence)) faults.push('the licence is not on the page');
      }
      const names = [...document.querySelectorAll('nav')].map((nav) => nav.getAttribute('aria-label') ?? document.getElementById(nav.getAttribute('aria-labelledby'))?.textContent ?? '');
      if (names.some((name) => name.trim() === '')) faults.push('a nav without a label');
      if (new Set(names).size < names.length) faults.push(`two navs of one name: ${names.join(', ')}`);
      const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
      const doubles = ids.filter((id, at) => ids.indexOf(id) !== at);
      if (doubles.length > 0) faults.push(`the same id twice: ${doubles.join(', ')}`);
      return faults;
    },
    { language, bare },
  );
}

/** What can be pressed is 24 by 24 px, except a link inside a sentence, whose size the text gives. */
export function targetFaults(page) {
  return page.evaluate(() => {
    const SIZE = 24;
    const ground = (element) => {
      let at = element.parentElement;
      while (at && ['inline', 'contents'].includes(getComputedStyle(at).display)) at = at.parentElement;
      return at;
    };
    // A link in a line of text: the same block has words of its own beside its links.
    const inSentence = (element) => {
      if (getComputedStyle(element).display !== 'inline') return false;
      const block = ground(element);
      const copy = block.cloneNode(true);
      for (const part of copy.querySelectorAll('a, button, details, ul, ol, dl, table, .vh')) part.remove();
      return /[\p{L}\p{N}]{2}/u.test(copy.textContent);
    };
    const faults = new Map();
    for (const element of document.querySelectorAll('a[href], button, summary, input, select, textarea')) {
      if (!(element.checkVisibility?.({ visibilityProperty: true }) ?? true) || element.disabled) continue;
      const boxes = [...element.getClientRects()];
      if (boxes.length === 0 || element.closest('.vh, .skip')) continue;
      const width = Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left));
      const height = Math.max(...boxes.map((box) => box.bottom)) - Math.min(...boxes.map((box) => box.top));
      if ((width >= SIZE - 0.1 && height >= SIZE - 0.1) || inSentence(element)) continue;
      const parents = [];
      for (let at = element; at && at !== document.body && parents.length < 4; at = at.parentElement) parents.unshift(`${at.localName}${at.classList[0] ? `.${at.classList[0]}` : ''}`);
      const where = parents.join(' > ');
      const known = faults.get(where);
      if (known) known.count += 1;
      else faults.set(where, { count: 1, text: `${width.toFixed(0)} x ${height.toFixed(0)} px: "${element.textContent.trim().slice(0, 40)}"` });
    }
    return [...faults].map(([where, { count, text }]) => `${count} small target(s) at ${where}, first ${text}`);
  });
}

/** Nothing moves for who asked for less motion. */
export function motionFaults(page) {
  return page.evaluate(() => {
    const faults = [];
    for (const element of document.querySelectorAll('*')) {
      const style = getComputedStyle(element);
      const moves = [style.animationDuration, style.transitionDuration].some((value) => value.split(',').some((time) => parseFloat(time) > 0.01));
      if (moves || style.scrollBehavior === 'smooth') faults.push(`${element.localName}.${element.className} moves`);
    }
    return faults.slice(0, 5);
  });
}

/** Walks through the page with the Tab key: what has the focus at each stop, and how it shows. */
export async function tabStops(page, count) {
  const stops = [];
  for (let step = 0; step < count; step += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body || element === document.documentElement) return null;
      const style = getComputedStyle(element);
      const colour = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
      const luminance = ([red, green, blue]) => {
        const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
      };
      let behind = element.parentElement;
      while (behind && (colour(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement;
      const [light, dark] = [luminance(colour(style.outlineColor)), luminance(colour(getComputedStyle(behind ?? document.body).backgroundColor))].sort((a, b) => b - a);
      const [box] = [...element.getClientRects()].filter((rect) => rect.width > 0 && rect.height > 0);
      const x = box ? Math.min(Math.max((box.left + box.right) / 2, 0), window.innerWidth - 1) : -1;
      const y = box ? Math.min(Math.max((box.top + box.bottom) / 2, 0), window.innerHeight - 1) : -1;
      const above = box ? document.elementFromPoint(x, y) : null;
      return {
        name: `${element.localName}${element.classList[0] ? `.${element.classList[0]}` : ''} "${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40)}"`,
        skip: /^#./.test(element.getAttribute('href')) && Boolean(document.getElementById(element.getAttribute('href').slice(1))?.matches('main')),
        inMain: document.querySelector('main').contains(element),
        outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
        contrast: (light + 0.05) / (dark + 0.05),
        inWindow: Boolean(box) && box.bottom > 0 && box.top < window.innerHeight && box.right > 0 && box.left < window.innerWidth,
        uncovered: Boolean(above) && (element.contains(above) || above.contains(element)),
      };
    });
    stops.push(stop);
    if (stop === null) break;
  }
  return stops;
}
