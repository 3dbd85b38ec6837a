import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { whenDone } from '../helpers/cleanups';
import { temporaryDirectory } from '../helpers/engine';
import { BASIC, MAIN } from '../helpers/process';

/** Serves at a terminal of 80 columns until `pattern` fits; gives everything that it shows. */
async function shownAtTerminal(pattern: RegExp, env: Record<string, string> = {}) {
  const dataDir = join(temporaryDirectory(), 'data');
  const command = `stty cols 80; exec "${process.execPath}" "${MAIN}" serve --port 0 --data-dir "${dataDir}"`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: temporaryDirectory(),
    env: { ...BASIC, ...env },
  });
  whenDone(() => void child.kill('SIGTERM'));
  const ended = once(child, 'exit');
  let shown = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    shown += String(text);
    if (pattern.test(stripVTControlCharacters(shown))) break;
  }
  child.kill('SIGTERM');
  await ended;
  return { shown: stripVTControlCharacters(shown).replaceAll('\r', ''), dataDir };
}

test('at a terminal the log is for people, and a box says how to begin', async () => {
  const { shown, dataDir } = await shownAtTerminal(/└─+┘/);
  expect(shown).toMatch(/\d\d:\d\d:\d\d.*INFO.*serving/);
  const box = shown.slice(shown.indexOf('┌'));
  expect(box).toMatch(/Holdfast serves at http:\/\/127\.0\.0\.1:\d+/);
  expect(box).toContain(`export DATA_DIR='${dataDir}'`);
  expect(box).toContain('holdfast setup --name NAME --email ADDRESS |');
  expect(box).toMatch(/holdfast login --url http:\/\/127\.0\.0\.1:\d+/);
  expect(box).toContain('Simulated: ');
  const widest = Math.max(...box.split('\n').map((line) => line.length));
  expect(widest).toBeLessThanOrEqual(80);
});

test('LOG_FORMAT counts there too', async () => {
  const { shown } = await shownAtTerminal(/└─+┘/, { LOG_FORMAT: 'json' });
  expect(shown).toMatch(/^\{.*"msg":"serving"\}$/m);
});
