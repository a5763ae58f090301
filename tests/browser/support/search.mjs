// The search engine as Node sees it: the module of the theme, and a `fetch` that reads a folder.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The engine that readers run. */
export const engine = await import(new URL('../../../themes/via/static/search-engine.js', import.meta.url));

/** Where the engine thinks that an index in a folder is. */
export const ADDRESS = 'https://site.example/search/';

/**
 * A `fetch` that reads a folder. It keeps a list of what was asked and how many bytes that was; `fault` may replace or
 * refuse an answer.
 */
export function fetchFrom(folder, fault = () => undefined) {
  const asked = [];
  const fetch = async (address) => {
    const name = String(address).slice(ADDRESS.length);
    const faulty = await fault(name);
    if (faulty) return faulty;
    try {
      const bytes = await readFile(`${folder}/${name}`);
      asked.push({ name, bytes: bytes.length });
      return new Response(bytes);
    } catch {
      asked.push({ name, bytes: 0 });
      return new Response(null, { status: 404 });
    }
  };
  return Object.assign(fetch, { asked });
}

/** Opens the index in a folder. */
export async function openFolder(folder, fault) {
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  const fetch = fetchFrom(path, fault);
  const index = await engine.open(ADDRESS, { fetch });
  return { index, fetch };
}

/** Marked text as plain text, with the marks as brackets. */
export const shown = (segments) => segments.map(({ text, mark }) => (mark ? `[${text}]` : text)).join('');
