// The plain links of a page, read from its text as a crawler reads them: no script, no browser.

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'" };

export function unescape(text) {
  return text.replace(/&(amp|lt|gt|quot|apos|#39);/g, (_, name) => ENTITIES[name]);
}

/** The tags of a page with their attributes; what stands in a comment or a script is none. */
export function* tags(html) {
  const plain = html.replace(/<!--[^]*?-->/g, '').replace(/(<script\b[^>]*>)[^]*?(<\/script>)/g, '$1$2');
  for (const [, name, attributes] of plain.matchAll(/<([a-zA-Z][\w-]*)((?:\s+[^\s"'>=/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*\/?>/g)) {
    const values = {};
    for (const [, key, double, single, bare] of attributes.matchAll(/([^\s"'>=/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)) {
      values[key.toLowerCase()] = unescape(double ?? single ?? bare ?? '');
    }
    yield { name: name.toLowerCase(), attributes: values };
  }
}

/** Where the links of a page lead. */
export function linksOf(html) {
  return [...tags(html)].filter(({ name, attributes }) => name === 'a' && 'href' in attributes).map(({ attributes }) => attributes.href);
}

/** The places on a page that a link can lead to. */
export function anchorsOf(html) {
  return new Set([...tags(html)].map(({ attributes }) => attributes.id).filter(Boolean));
}

/**
 * Reads all that plain links reach from an address: each address within the site with its status, its text if it is a
 * page, and who leads there first.
 */
export async function crawl(start, atOnce = 16) {
  const base = start.slice(0, start.lastIndexOf('/') + 1);
  const found = new Map([[start, { from: null }]]);
  const waiting = [start];
  const visit = async (address) => {
    const answer = await fetch(address);
    const isPage = (answer.headers.get('content-type') ?? '').startsWith('text/html');
    const text = await answer.text();
    Object.assign(found.get(address), { status: answer.status, text: isPage ? text : null, fragments: [] });
    if (!isPage || answer.status !== 200) return;
    for (const link of linksOf(text)) {
      const there = new URL(link, address);
      const fragment = decodeURIComponent(there.hash.slice(1));
      there.hash = '';
      if (there.origin !== new URL(start).origin) continue;
      if (fragment) found.get(address).fragments.push({ address: there.href, fragment });
      if (found.has(there.href)) continue;
      found.set(there.href, { from: address });
      if (there.href.startsWith(base)) waiting.push(there.href);
      else Object.assign(found.get(there.href), { status: 'outside the site' });
    }
  };
  while (waiting.length > 0) await Promise.all(waiting.splice(0, atOnce).map(visit));
  return found;
}
