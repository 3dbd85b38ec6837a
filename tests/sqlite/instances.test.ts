import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { joinInstances } from '../../src/sqlite/instances';
import { temporaryDirectory } from '../helpers/engine';
import { ROOT } from '../helpers/process';
import { whenDone } from '../helpers/cleanups';

const names = (found: { name: string }[]) => found.map(({ name }) => name);

/** Another process that has joined. */
async function process(directory: string, name: string) {
  const program =
    // Kept: its lock would go with it when it is collected.
    'globalThis.joined = require(process.argv[1]).joinInstances(process.argv[2], process.argv[3]); ' +
    `process.stdout.write('in'); setInterval(() => {}, 1000)`;
  const child = spawn(
    globalThis.process.execPath,
    ['-e', program, join(ROOT, 'dist/src/sqlite/instances.js'), directory, name],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'close');
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  whenDone(() => end('SIGKILL'));
  await once(child.stdout, 'data');
  return { child, end };
}

test('a live process is not found dead, even if stopped; a killed one is, until removed', async () => {
  const directory = join(temporaryDirectory(), 'instances');
  const own = joinInstances(directory, 'own');
  const other = await process(directory, 'other');
  expect(names(own.dead())).toEqual([]);
  other.child.kill('SIGSTOP');
  expect(names(own.dead())).toEqual([]);
  await other.end('SIGKILL');
  const [found] = own.dead();
  expect(found!.name).toBe('other');
  found!.release();
  const [again] = own.dead();
  again!.remove();
  expect(names(own.dead())).toEqual([]);
  own.leave();
  expect(readdirSync(directory)).toEqual([]);
});

test('a process that left is not found, and looking does not release one’s own lock', async () => {
  const directory = join(temporaryDirectory(), 'instances');
  const own = joinInstances(directory, 'own');
  const looker = await process(directory, 'looker');
  for (let look = 0; look < 3; look += 1) expect(names(own.dead())).toEqual([]);
  await looker.end('SIGKILL');
  expect(names(own.dead())).toEqual(['looker']);
  own.leave();
});

test('of two processes that look at once only one finds a dead one', async () => {
  const directory = join(temporaryDirectory(), 'instances');
  await (await process(directory, 'gone')).end('SIGKILL');
  const [a, b] = [joinInstances(directory, 'a'), joinInstances(directory, 'b')];
  const [found] = a.dead();
  expect(found!.name).toBe('gone');
  // Locks of one process do not shut it out itself, so another process looks.
  const program =
    'process.stdout.write(JSON.stringify(require(process.argv[1]).joinInstances(process.argv[2], ' +
    `'c').dead().map(({ name }) => name)))`;
  const child = spawn(
    globalThis.process.execPath,
    ['-e', program, join(ROOT, 'dist/src/sqlite/instances.js'), directory],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  await once(child, 'close');
  expect(said).toBe('[]');
  found!.remove();
  b.leave();
  a.leave();
});
