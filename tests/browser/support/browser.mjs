// Debian's Chromium, or the one that the environment names, without anything that it does on its own account.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`).find(existsSync);

export function startBrowser() {
  if (!executablePath) throw new Error('no Chromium: install it ("apt-get install chromium"), or name the program in CHROMIUM');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}

/** A way of looking at a page: a width in CSS pixels, a colour scheme. */
export function look({ width, scheme = 'light', ...more }) {
  return { viewport: { width, height: width < 600 ? 640 : 800 }, colorScheme: scheme, reducedMotion: 'reduce', ...more };
}

/** Opens a page, hands it over, and closes it again. */
export async function withPage(context, address, story) {
  const page = await context.newPage();
  page.setDefaultTimeout(90_000);
  try {
    await page.goto(address, { waitUntil: 'load' });
    return await story(page);
  } finally {
    await page.close();
  }
}

/** Does something with each of many, a few at a time. */
export async function each(many, story, atOnce = 3) {
  const waiting = [...many];
  const results = [];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (waiting.length > 0) results.push(await story(waiting.shift()));
    }),
  );
  return results;
}
