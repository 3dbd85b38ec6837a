import type { Client } from 'ssh2';
import { DriverError } from '../driver';
import { connect, fingerprintOf, isRefusal, nameOf, type Endpoint, type Login } from './connection';

/** The most that a command may print, in bytes. */
const MOST_OUTPUT = 8 * 1024 * 1024;

/**
 * Logs in at a server with this host key (`SHA256:…`), and runs a command with `input` on stdin.
 * Returns its exit status; its output is discarded. Errors: DriverError, also for another key.
 */
export async function runOverSsh(
  { endpoint, login, hostKey }: { endpoint: Endpoint; login: Login; hostKey: string },
  command: string,
  input: string,
  signal: AbortSignal,
): Promise<number> {
  const hostKeys = { accepts: (key: Buffer) => fingerprintOf(key) === hostKey };
  const work = async (run: RunCommand) => (await run(command, input)).status;
  return withSession({ ...endpoint, hostKeys }, login, signal, work);
}

/** The end of a command: its exit status, -1 for a signal, and its output. */
export interface CommandResult {
  status: number;
  output: string;
}

/** Runs a command on an open connection, with `input` on stdin. Errors: DriverError. */
export type RunCommand = (command: string, input: string) => Promise<CommandResult>;

/**
 * Logs in, gives `work` the connection and the key that the server has shown, and closes it after
 * that. Errors: DriverError, those of `work`.
 */
export function withSession<T>(
  endpoint: Endpoint,
  login: Login,
  signal: AbortSignal,
  work: (run: RunCommand, hostKey: Buffer) => Promise<T>,
): Promise<T> {
  return connect<T>(endpoint, login, signal, (client, { settle, reject, hostKey }) => {
    client.on('ready', () => {
      const run: RunCommand = (command, input) => runOn(client, command, input);
      work(run, hostKey()).then(settle, reject);
    });
    client.on('error', (error) => {
      if (isRefusal(error))
        reject(new DriverError('resource', `${nameOf(endpoint)} refuses ${login.username}.`));
    });
  });
}

function runOn(client: Client, command: string, input: string): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, stream) => {
      if (error)
        return reject(new DriverError('resource', 'SSH runs no commands.', { cause: error }));
      const pieces: Buffer[] = [];
      let length = 0;
      stream.on('data', (piece: Buffer) => {
        length += piece.length;
        if (length <= MOST_OUTPUT) return void pieces.push(piece);
        reject(new DriverError('resource', 'A command over SSH printed too much.'));
        stream.destroy();
      });
      stream.once('close', (status: unknown) =>
        resolve({
          status: typeof status === 'number' ? status : -1,
          output: Buffer.concat(pieces).toString(),
        }),
      );
      stream.stderr.resume();
      stream.end(input);
    });
  });
}
