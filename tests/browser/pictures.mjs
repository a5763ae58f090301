// Takes the pictures of the pages in `docs/` anew: wide, narrow and dark. Not a test.
//
//     VIA_SITE=../../target/release/via-site node pictures.mjs

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startBrowser } from './support/browser.mjs';
import { ownSite, repository } from './support/site.mjs';

const PAGES = { home: 'index.html', question: 'vragen/v-0001.html', finding: 'bevindingen/b-0016.html', map: 'kaart/index.html', board: 'bord/index.html' };
const LOOKS = {
  wide: { viewport: { width: 1280, height: 1000 }, colorScheme: 'light' },
  narrow: { viewport: { width: 360, height: 760 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 1000 }, colorScheme: 'dark' },
};

const site = ownSite();
const browser = await startBrowser();
for (const [look, options] of Object.entries(LOOKS)) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  for (const [name, file] of Object.entries(PAGES)) {
    await page.goto(pathToFileURL(join(site.folder, file)).href);
    await page.screenshot({ path: join(repository, 'docs', `${name}-${look}.png`) });
  }
  await context.close();
}
await browser.close();
