import type { Client } from 'ssh2';
import type { AccessWish } from '../../src/domain/loans/reservation';
import type { Evidence } from '../../src/domain/returns/evidence';
import type { CredentialSecret, Driver, Target } from '../../src/drivers/driver';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { callOf, newThing } from '../contracts/driver';
import { driverOf } from '../drivers/ssh.fixture';
import { holdSsh } from './docker';
import { Lab, type SshHost } from './ssh-host';

/** Longest time of one call, in ms. */
const DEADLINE = 60_000;

/** A host that is lent to one holder, who is logged in by a key. */
export class Loan {
  readonly shown: Evidence = {};

  private constructor(
    readonly driver: Driver,
    readonly target: Target,
    readonly access: CredentialSecret,
    readonly client: Client,
    /** Resolves when the other side has ended the session. */
    readonly cut: Promise<void>,
  ) {}

  /** Takes the host, opens access, and logs in. */
  static async open(
    lab: Lab,
    host: SshHost,
    settings: Record<string, unknown> = {},
    installation = Lab.installation(),
  ): Promise<Loan> {
    const driver = driverOf(lab, installation, settings);
    const listed = { ...newThing('host'), fields: host.fields };
    const { handle } = await driver.provision(listed, callOf());
    return Loan.again(driver, { ...listed, handle }, host);
  }

  /** The next loan of a host that was taken. */
  static async again(driver: Driver, target: Target, { port }: SshHost): Promise<Loan> {
    const pair = keyPair();
    const wish: AccessWish = { publicKey: pair.public };
    const access = await driver.openAccess(target, wish, callOf());
    const { username } = access;
    const { client, cut } = await holdSsh(port, { username, privateKey: pair.private });
    return new Loan(driver, target, { ...access, privateKey: pair.private }, client, cut);
  }

  get name(): string {
    return this.access.username!;
  }

  /** Runs a shell command as the holder; gives its output and its status. */
  async run(command: string): Promise<{ output: string; status: number }> {
    return new Promise((resolve, reject) => {
      this.client.exec(command, (error, stream) => {
        if (error) return reject(error);
        let output = '';
        const add = (piece: Buffer) => void (output += piece.toString());
        stream.on('data', add).stderr.on('data', add);
        stream.once('close', (status: number) => resolve({ output, status }));
      });
    });
  }

  /** Runs commands that all have to succeed. */
  async seed(...commands: string[]): Promise<void> {
    for (const command of commands) {
      const { output, status } = await this.run(command);
      if (status !== 0) throw new Error(`"${command}" ended with ${status}: ${output}`);
    }
  }

  async close(): Promise<void> {
    const { privateKey: _unknown, ...access } = this.access;
    await this.driver.closeAccess(this.target, access, this.call());
  }

  async clean(): Promise<void> {
    await this.driver.clean(this.target, null, this.call());
  }

  /** Closes and cleans. */
  async giveBack(): Promise<void> {
    await this.close();
    await this.clean();
  }

  private call() {
    const show = (evidence: Evidence) => void Object.assign(this.shown, evidence);
    return callOf(undefined, 1, AbortSignal.timeout(DEADLINE), show);
  }
}
