// A host as a publisher would have it: static files, compressed, under the strict policy that a site must work under.
// It listens on this machine only, at a free port.

import { createServer } from 'node:http';
import { readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The policy of standards.md, word for word. */
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.jsonld': 'application/ld+json',
  '.xml': 'application/xml',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.csv': 'text/csv; charset=utf-8',
  '.ics': 'text/calendar; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/**
 * Serves a built site, if told so below a path (`/kennis/agenda/`), with extra pages for a story that needs one, and with
 * no policy if that is switched off.
 * `outside` lists what was asked for outside that path.
 */
export async function serve(site, { below = '/', extra = {}, policy = POLICY } = {}) {
  const outside = [];
  const server = createServer((request, response) => {
    const answer = (status, type, body) => {
      response.writeHead(status, {
        ...(policy && { 'Content-Security-Policy': policy }),
        'Content-Type': type,
        'Content-Encoding': 'gzip',
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
      });
      response.end(gzipSync(body));
    };
    const notFound = () => answer(404, TYPES['.html'], readFileSync(join(site.folder, '404.html')));
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    if (path in extra) return answer(200, TYPES['.html'], extra[path]);
    if (!path.startsWith(below)) {
      outside.push(path);
      return notFound();
    }
    const inside = normalize(path.slice(below.length) || '.');
    if (inside.startsWith('..')) return notFound();
    let file = join(site.folder, inside);
    try {
      if (statSync(file).isDirectory()) file = join(file, 'index.html');
      answer(200, TYPES[extname(file)] ?? 'application/octet-stream', readFileSync(file));
    } catch {
      notFound();
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    outside,
    /** The address of a page on this server. */
    at: (page) => origin + below + page,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}
