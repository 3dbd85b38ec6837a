import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';
import { tryLogin } from '../../../src/drivers/ssh-login/ssh';
import { firstOutput, holdSsh, sshPortOf, type HeldConnection } from '../../helpers/docker';

const docker = new Docker();
const FIRST_USER = 1000;
/** The user by which a stopped worker was verifying the box; nobody else knows the password. */
const OUR_OWN = /^hf-[0-9a-f]{10}:/;
const LOOK =
  'cat /etc/passwd /etc/shadow; cd /var/lib/holdfast && head -n 99 *; find /home /tmp ' +
  '-type f -exec sha256sum {} + | sort';

interface Login {
  username: string;
  password: string;
}

/** The present holder of a box: at work in it, and watching. */
export class HolderOfBox {
  private constructor(
    readonly handle: string,
    private readonly login: Login,
    private readonly session: HeldConnection,
    private readonly before: Sight,
  ) {}

  /** Logs in as the answer says, writes a file and leaves a program running. */
  static async of(
    handle: string,
    { username, password, port }: Login & { port: number },
  ): Promise<HolderOfBox> {
    const login = { username, password };
    const session = await holdSsh(port, login);
    expect(
      await firstOutput(
        session.client,
        'echo "what I wrote" > mine; echo written; exec sleep 100000',
      ),
    ).toBe('written\n');
    return new HolderOfBox(handle, login, session, await lookInto(handle));
  }

  /**
   * What has changed for this holder since, in sentences. `strangers`: logins that must not work.
   */
  async complaints(unknownPools: Login[]): Promise<string[]> {
    const now = await lookInto(this.handle).catch((error: Error) => error.message);
    if (typeof now === 'string') return [`the container cannot be looked into: ${now}`];
    const faults: string[] = [];
    if (now.running !== this.before.running) faults.push(`it was started anew: ${now.running}`);
    if (now.files !== this.before.files)
      faults.push(`files were\n${this.before.files}\nand are\n${now.files}`);
    for (const program of this.before.programs)
      if (!now.programs.includes(program)) faults.push(`process ${program} is gone`);
    if (
      (await firstOutput(this.session.client, 'cat mine').catch(() => 'the session was cut')) !==
      'what I wrote\n'
    )
      faults.push('the session does not go on');
    if ((await answerTo(this.handle, this.login)) !== 'accepted')
      faults.push('the login is refused');
    for (const { username, password } of unknownPools) {
      const answer = await answerTo(this.handle, { username, password });
      if (answer !== 'refused') faults.push(`${username} is not refused: ${answer}`);
    }
    return faults.map((fault) => `${this.handle.slice(0, 12)}: ${fault}`);
  }

  leave(): void {
    this.session.client.end();
  }
}

/** The log of a container's own SSH server about a login. */
export async function answerTo(handle: string, login: Login): Promise<string> {
  return tryLogin(
    { host: '127.0.0.1', port: await sshPortOf(handle) },
    login,
    AbortSignal.timeout(30_000),
  ).catch((error: Error) => error.message);
}

interface Sight {
  running: string;
  /** Process ids of everyone who is logged in. */
  programs: string[];
  files: string;
}

async function lookInto(handle: string): Promise<Sight> {
  const container = docker.getContainer(handle);
  const { Id, State } = await container.inspect();
  const { Processes } = (await container.top({ ps_args: '-o pid,uid' })) as {
    Processes: string[][];
  };
  const programs = Processes.filter(([, user]) => Number(user) >= FIRST_USER).map(([pid]) => pid!);
  const files = (await printed(handle, LOOK)).split('\n').filter((line) => !OUR_OWN.test(line));
  return { running: `${Id} ${State.Pid} ${State.StartedAt}`, programs, files: files.join('\n') };
}

async function printed(handle: string, script: string): Promise<string> {
  const exec = await docker
    .getContainer(handle)
    .exec({ Cmd: ['sh', '-c', script], User: '0', AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const words = new PassThrough();
  docker.modem.demuxStream(stream, words, words);
  stream.once('end', () => words.end());
  return text(words);
}
