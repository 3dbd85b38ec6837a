import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import { DriverError } from '../driver';
import { callEngine } from './engine';

/** Pause between two looks at the exit status, in ms. */
const POLL_EVERY = 10;

/**
 * Runs a command as root in a container with `lines` and an empty line on stdin; returns its exit
 * status. Its output is discarded: a message about logins could contain a secret.
 */
export async function runIn(
  docker: Docker,
  id: string,
  command: string[],
  lines: string[],
  signal: AbortSignal,
): Promise<number> {
  return callEngine(`run ${command[0]} in a container`, signal, async () => {
    const options = {
      Cmd: command,
      User: '0',
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      abortSignal: signal,
    };
    const exec = await docker.getContainer(id).exec(options);
    const stream = await exec.start({ hijack: true, stdin: true, abortSignal: signal });
    const stop = () =>
      stream.destroy(new DriverError('resource', `${command[0]} was stopped at the deadline.`));
    signal.addEventListener('abort', stop, { once: true });
    try {
      docker.modem.demuxStream(stream, new PassThrough().resume(), new PassThrough().resume());
      stream.end(`${lines.join('\n')}\n\n`);
      await finished(stream);
    } finally {
      signal.removeEventListener('abort', stop);
    }
    return exitStatus(exec, signal);
  });
}

/** The stream may end a moment before the engine has recorded the status. */
async function exitStatus(exec: Docker.Exec, signal: AbortSignal): Promise<number> {
  for (;;) {
    signal.throwIfAborted();
    const state = await exec.inspect({ abortSignal: signal });
    if (!state.Running && state.ExitCode !== null) return state.ExitCode;
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY));
  }
}
