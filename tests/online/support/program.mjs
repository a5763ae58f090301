// The program, called as an editor calls it, and small sites for it that were made by hand.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';

export const program = process.env.VIA_SITE_ONLINE ?? path.resolve(import.meta.dirname ?? '.', '../../../target/debug/via-site');

/// A call that takes longer hangs, and is ended; what it was asked is then told as a signal instead of a code.
const PATIENCE = 60_000;

/// A call of the program; `child` is there at once, `ended` says how it went.
export function start(folder, args, env = {}) {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|AZURE|GOOGLE)_|_proxy$/i.test(name)));
  const child = spawn(program, args, { cwd: folder, env: { ...clean, NO_COLOR: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: PATIENCE, killSignal: 'SIGKILL' });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  return { child, ended };
}

export const call = (folder, args, env) => start(folder, args, env).ended;

const folders = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

export async function temporary() {
  const folder = await mkdtemp(path.join(tmpdir(), 'via-online-'));
  folders.push(folder);
  return folder;
}

/// A folder with a site.yaml and a published site of these files, with a true list.
export async function published(files) {
  const folder = await temporary();
  await writeFile(path.join(folder, 'site.yaml'), 'title: Agenda\nbase_url: https://agenda.example/\nlanguages: [nl]\n');
  await publish(folder, files);
  return folder;
}

/// The same files and their list, in the order and with the shape that a build gives them.
export function withList(files) {
  const sorted = Object.keys(files).sort();
  const list = Object.fromEntries(sorted.map((address) => [address, createHash('sha256').update(files[address]).digest('hex')]));
  return { ...files, 'build.json': JSON.stringify({ generator: 'via-site 0.1.0', files: list }, null, 2) + '\n' };
}

export async function publish(folder, files) {
  const target = path.join(folder, 'public');
  await rm(target, { recursive: true, force: true });
  for (const [address, text] of Object.entries(withList(files))) {
    const file = path.join(target, address);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
