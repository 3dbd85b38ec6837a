import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** One call that changed a file, or made a change durable. */
export type Step =
  | { at: number; file: string; do: 'write'; offset: number; bytes: Buffer }
  | { at: number; file: string; do: 'truncate'; length: number }
  | { at: number; file: string; do: 'sync' };

const CALLS = 'pwrite64,fsync,fdatasync,ftruncate';

export interface Tracing {
  child: ChildProcess;
  attached: Promise<void>;
  ended: Promise<void>;
}

/**
 * Has strace record what a process, with all its threads, does to files; `inject` makes calls fail,
 * in strace(1)'s notation.
 */
export function straceOf(
  pid: number,
  output: string,
  files: string[],
  { inject = [], data = false }: { inject?: string[]; data?: boolean } = {},
): Tracing {
  const paths = files.flatMap((file) => ['-P', file]);
  const detail = data ? ['-s', '70000', '--strings-in-hex=all'] : ['-s', '0'];
  const faults = inject.flatMap((each) => ['-e', `inject=${each}`]);
  const child = spawn(
    'strace',
    [
      '-f',
      '-y',
      '-ttt',
      ...detail,
      '-o',
      output,
      ...paths,
      '-e',
      `trace=${CALLS}`,
      ...faults,
      '-p',
      String(pid),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return { child, ended: once(child, 'close').then(() => undefined), attached: attached(child) };
}

/** Resolves when strace has attached to the process. */
function attached(strace: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    strace.stderr!.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('attached')) resolve();
    });
    strace.once('close', () => reject(new Error(`strace ended: ${said}`)));
  });
}

/**
 * The calls on the files, in order; failed ones are left out. `at` in epoch ms, when the call was
 * entered.
 */
export function stepsOf(output: string): Step[] {
  const unfinished = new Map<string, string>();
  return readFileSync(output, 'latin1')
    .split('\n')
    .flatMap((line) => {
      const [, thread, time, call] = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line) ?? [];
      if (call === undefined) return [];
      if (call.endsWith('<unfinished ...>')) {
        unfinished.set(thread!, `${time} ${call.slice(0, -'<unfinished ...>'.length)}`);
        return [];
      }
      const [, rest] = /^<\.\.\. \w+ resumed>(.*)$/.exec(call) ?? [];
      const whole = rest === undefined ? `${time} ${call}` : unfinished.get(thread!)! + rest;
      return stepOf(whole);
    });
}

function stepOf(text: string): Step[] {
  const [, time, call, path, rest, result] =
    /^(\d+\.\d+) (\w+)\(\d+<([^>]*)>(.*)\) += (\S+)/.exec(text) ?? [];
  if (call === undefined || !(Number(result) >= 0)) return [];
  const step = { at: Number(time) * 1000, file: basename(unhex(path!)) };
  if (call === 'fsync' || call === 'fdatasync') return [{ ...step, do: 'sync' }];
  if (call === 'ftruncate') return [{ ...step, do: 'truncate', length: Number(rest!.slice(2)) }];
  const [, hex, , offset] = /^, "((?:\\x..)*)"(\.\.\.)?, \d+, (\d+) *$/.exec(rest!)!;
  return [
    {
      ...step,
      do: 'write',
      offset: Number(offset),
      bytes: Buffer.from(hex!.replaceAll('\\x', ''), 'hex'),
    },
  ];
}

function unhex(path: string): string {
  return path.startsWith('\\x') ? Buffer.from(path.replaceAll('\\x', ''), 'hex').toString() : path;
}
