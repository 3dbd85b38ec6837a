import { existsSync } from 'node:fs';
import { cleanUp, whenDone } from './cleanups';
import { temporaryDirectory } from './engine';

test('the newest is cleaned up first, and all are cleaned up even if something fails', async () => {
  const done: string[] = [];
  const directory = temporaryDirectory();
  whenDone(
    () => void done.push(existsSync(directory) ? 'server' : 'server, without its directory'),
  );
  whenDone(() => {
    throw new Error('this one fails');
  });
  whenDone(async () => void done.push('store'));
  await expect(cleanUp()).rejects.toThrow('this one fails');
  expect(done).toEqual(['store', 'server']);
  expect(existsSync(directory)).toBe(false);
});
