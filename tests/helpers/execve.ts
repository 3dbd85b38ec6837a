import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { whenDone } from './cleanups';

/**
 * Starts a shell that executes itself again and again, with this variable in its environment: it is
 * in the middle of an execve when this resolves, and often later.
 */
export async function executingItself(variable: string, value = '1'): Promise<ChildProcess> {
  const next = 'exec sh -c "$next"';
  const env = { PATH: process.env.PATH, next, [variable]: value };
  const child = spawn('sh', ['-c', next], { env, detached: true, stdio: 'ignore' });
  whenDone(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}
