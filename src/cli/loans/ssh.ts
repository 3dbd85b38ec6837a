import { isatty } from 'node:tty';
import type { Command } from 'commander';
import { callerEnvironment } from '../../environment';
import { tell } from '../alone';
import { remoteCommand } from '../remote/command';
import { connect } from '../remote/connect';
import { Child } from './child';
import { GRACE } from './deadlines';
import { childEnvironment, markerOf } from './environment';
import { Guard } from './guard';
import { hostKeyOf } from './host-key';
import { Signals } from './interrupted';
import { loginOf, LoginFiles } from './ssh-login';

/** `holdfast ssh ID [-- cmd]`: runs the system's ssh with the login and the host key of a loan. */
export function addSsh(program: Command): void {
  remoteCommand(program, 'ssh', {
    about: 'Log in to what a loan has, by the ssh of this machine. The host key is checked.',
    examples: [
      'ssh 01922f0c-5c3e-7a51-b9a7-0d3b6c1f2e4a',
      'ssh 01922f0c-5c3e-7a51-b9a7-0d3b6c1f2e4a -- uname -a',
    ],
  })
    .option('--resource <name>', 'Which of several.')
    .argument('<id>', 'The loan.')
    .argument('[command...]', 'A command for the host, after --.')
    .action(ssh);
}

async function ssh(
  id: string,
  words: string[],
  options: { resource?: string },
  command: Command,
): Promise<void> {
  const holdfast = await connect(command);
  const login = loginOf(await holdfast.reservations.get(id), options.resource);
  const key = await hostKeyOf(login);
  using files = new LoginFiles(login, key);
  process.exitCode = await runSsh(files, words, markerOf(id));
}

async function runSsh(
  files: LoginFiles,
  words: readonly string[],
  marker: string,
): Promise<number> {
  using signals = new Signals();
  const env = callerEnvironment();
  // If we are killed, the files go.
  const graceSeconds = GRACE / 1000;
  const guard = new Guard({
    ...{ marker, graceSeconds, files: files.paths, path: env.PATH },
    onMissing: () => undefined,
  });
  const child = new Child({
    command: ['ssh', ...files.words(words)],
    env: { ...childEnvironment(env, files.variables, false), [marker]: '1' },
    marker,
    onTerminal: [0, 1, 2].some((stream) => isatty(stream)),
  });
  signals.passTo((signal) => child.pass(signal));
  if (child.pid !== undefined) guard.watch(child.pid, child.ownsGroup);
  const { code, failure } = await child.ended;
  guard.done();
  if (failure !== null) tell(`holdfast: ${failure}`);
  return code;
}
