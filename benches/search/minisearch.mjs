// Indexes the pages of a folder with MiniSearch: title and text of <main>.
//
//     node minisearch.mjs PAGES OUT.json

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import MiniSearch from 'minisearch';

const [folder, out] = process.argv.slice(2);
const index = new MiniSearch({ fields: ['title', 'text'] });
const pages = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.html') && !file.startsWith('en/'));
for (const file of pages) {
  const html = readFileSync(join(folder, file), 'utf8');
  const main = /<main[^>]*>([^]*)<\/main>/.exec(html)?.[1] ?? '';
  const plain = (text) => text.replace(/<[^>]*>/g, ' ').replace(/&(amp|lt|gt|quot|#39);/g, ' ');
  index.add({ id: file, title: plain(/<h1[^>]*>([^]*?)<\/h1>/.exec(main)?.[1] ?? ''), text: plain(main) });
}
writeFileSync(out, JSON.stringify(index));
