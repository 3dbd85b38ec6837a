import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { divide } from '../../src/affinity';
import { temporaryDirectory } from '../helpers/engine';
import { ready } from '../helpers/outputs';
import { runToItsEnd, ServerProcess } from '../helpers/process';

jest.setTimeout(60_000);

test.each([
  ['0-1', { first: '0', others: '1' }],
  ['0-3', { first: '0', others: '1,2,3' }],
  ['2,4-5,9', { first: '2', others: '4,5,9' }],
  ['3', null],
])('of the processors %s, the first is for the thread that answers', (allowed, shares) => {
  expect(divide(allowed)).toEqual(shares);
});

/** The processors of each thread of a process, the first thread separately. */
function processorsOf(pid: number): { first: string; others: Set<string> } {
  const allowed = (thread: string) =>
    /^Cpus_allowed_list:\s*(\S+)$/m.exec(
      readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'),
    )![1]!;
  const threads = readdirSync(`/proc/${pid}/task`);
  return {
    first: allowed(String(pid)),
    others: new Set(threads.filter((thread) => thread !== String(pid)).map(allowed)),
  };
}

const PROCESSORS = availableParallelism();

test('BIND_THREADS=true gives the first thread a processor of its own; false changes nothing', async () => {
  if (PROCESSORS < 2) {
    expect(await runToItsEnd({ BIND_THREADS: 'true' })).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('one processor only'),
    });
    return;
  }
  const all = processorsOf(process.pid).first;
  const { first, others } = divide(all)!;
  const free = await ServerProcess.start();
  expect(processorsOf(free.pid)).toEqual({ first: all, others: new Set([all]) });
  await free.stop();
  const bound = await ServerProcess.start({ env: { BIND_THREADS: 'true' } });
  const seen = processorsOf(bound.pid);
  expect(seen.first).toBe(first);
  // As the system writes it: 1-3 for 1,2,3.
  expect(
    [...seen.others].map((list) => [divide(list)?.first ?? list, list.includes(first)]),
  ).toEqual([[others.split(',')[0], false]]);
  // Checking a password starts the threads that do it.
  await bound.setUp();
  await bound.until(
    'new threads are bound too',
    async () => !processorsOf(bound.pid).others.has(first),
  );
  await bound.stop();
});

test('a server whose threads cannot be bound after all says so, retries, and serves', async () => {
  if (PROCESSORS < 2) return expect(divide('0')).toBeNull();
  const directory = temporaryDirectory();
  // It works once, when it is tried.
  writeFileSync(
    join(directory, 'taskset'),
    `#!/bin/sh\ntest ! -e ${directory}/tried && : > ${directory}/tried\n`,
    { mode: 0o755 },
  );
  const server = await ServerProcess.start({
    env: { BIND_THREADS: 'true', PATH: `${directory}:${process.env.PATH}` },
  });
  for (let time = 0; time < 2; time += 1) {
    const told = server.log.lines.filter(({ msg }) => msg === 'threads could not be bound').length;
    await server.until(
      'it is told again',
      async () =>
        server.log.lines.filter(({ msg }) => msg === 'threads could not be bound').length > told,
    );
  }
  await ready(server.url);
  await server.stop();
});
