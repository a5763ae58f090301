// The types that the comments of the theme's scripts promise, checked by TypeScript at its strictest.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);
const compiler = join(dirname(require.resolve('typescript/package.json')), require('typescript/package.json').bin.tsc);
const project = fileURLToPath(new URL('tsconfig.json', import.meta.url));

it("the theme's scripts keep the types that they promise", async () => {
  const faults = await promisify(execFile)(process.execPath, [compiler, '--project', project]).then(
    () => '',
    ({ stdout, stderr }) => stdout + stderr,
  );
  assert.equal(faults, '');
});
