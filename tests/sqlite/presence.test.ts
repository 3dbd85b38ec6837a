import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { enter } from '../../src/sqlite/presence';
import { temporaryDirectory } from '../helpers/engine';
import { ROOT } from '../helpers/process';

const lockFile = () => join(temporaryDirectory(), 'presence.lock');

test(
  'a process that is alone is first; later ones are not; once all have left, the next ' +
    'is first again',
  async () => {
    const file = lockFile();
    const a = await enter(file);
    expect(a.first).toBe(true);
    a.settle();
    const b = await enter(file);
    expect(b.first).toBe(false);
    a.leave();
    const c = await enter(file);
    expect(c.first).toBe(false);
    b.leave();
    c.leave();
    const d = await enter(file);
    expect(d.first).toBe(true);
    d.leave();
  },
);

/** Another process that arrives, and says whether it was the first. */
async function comer(file: string): Promise<{ first: Promise<string> }> {
  const program =
    `process.stdout.write('here\\n'); ` +
    'require(process.argv[1]).enter(process.argv[2])' +
    '.then(({ first }) => process.stdout.write(String(first)))';
  const child = spawn(
    process.execPath,
    ['-e', program, join(ROOT, 'dist/src/sqlite/presence.js'), file],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  await once(child.stdout, 'data');
  return { first: once(child, 'close').then(() => said.replace('here\n', '')) };
}

test(
  "a process that arrived during the first one's start is one of many once it " +
    'settles, and first when it leaves',
  async () => {
    const file = lockFile();
    const leaving = await enter(file);
    const after = await comer(file);
    leaving.leave();
    expect(await after.first).toBe('true');
    const settling = await enter(file);
    const beside = await comer(file);
    settling.settle();
    expect(await beside.first).toBe('false');
    settling.leave();
  },
);
