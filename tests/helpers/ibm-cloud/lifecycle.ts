import type { Evidence } from '../../../src/domain/returns/evidence';
import { DriverError, NotYet, type Call, type CredentialSecret } from '../../../src/drivers/driver';
import type { IbmCloudDriver } from '../../../src/drivers/ibm-cloud/driver';
import { newThing } from '../../contracts/driver';
import type { Clock } from './driver';

const RETRIES = 3;
const BACKOFF = 10_000;
const BREAKER = 20_000;
const QUARANTINE = 3_600_000;
/** A step that is called more often than this never ends. */
const MOST_CALLS = 400;

/** How the way back of one account went. */
export interface Passage {
  /** Steps that failed by the fault of the account. */
  failures: number;
  /** The reasons of its quarantines. */
  quarantines: string[];
  /** How long it took by the clock; ms. */
  took: number;
}

/** One account on its way from loan to loan, called as the engine calls a driver. */
export class Lifecycle {
  readonly passage: Passage = { failures: 0, quarantines: [], took: 0 };
  private target = newThing('account');
  private current: CredentialSecret | null = null;
  private operations = 0;

  constructor(
    private readonly driver: IbmCloudDriver,
    private readonly clock: Clock,
  ) {}

  /** Provisions the account, and gives its first key; null if that never ends. */
  arrive(): Promise<CredentialSecret | null> {
    return unlessEndless(() => this.provision());
  }

  private async provision(): Promise<CredentialSecret> {
    const { handle } = await this.step((call) => this.driver.provision(this.target, call));
    this.target = { ...this.target, handle };
    return this.rotate();
  }

  /** Brings the account back from its holder; gives the key of the next, null if that never ends. */
  comeBack(): Promise<CredentialSecret | null> {
    return unlessEndless(() => this.cleanAndRotate());
  }

  private async cleanAndRotate(): Promise<CredentialSecret> {
    const began = this.clock.at;
    this.shown = {};
    this.target = { ...this.target, generation: this.target.generation + 1 };
    const operation = this.newOperation();
    const { handle } = await this.step(
      (call) => this.driver.clean(this.target, this.current, call),
      operation,
    );
    this.target = { ...this.target, handle };
    const next = await this.rotate(operation);
    this.passage.took = this.clock.at - began;
    return next;
  }

  private async rotate(operation = this.newOperation()): Promise<CredentialSecret> {
    const old = this.current;
    const next = await this.step(
      (call) => this.driver.issueCredential(this.target, old, call),
      operation,
    );
    await this.step(async (call) => {
      if ((await this.driver.checkCredential(this.target, next, call)) !== 'accepted')
        throw new DriverError('resource', 'The new credential is refused.');
    }, operation);
    if (old)
      await this.step(async (call) => {
        await this.driver.retireCredential(this.target, old, next, call);
        if ((await this.driver.checkCredential(this.target, old, call)) === 'accepted')
          throw new DriverError('resource', 'The old credential still works.');
      }, operation);
    this.current = next;
    return next;
  }

  private newOperation(): string {
    this.operations += 1;
    return `op-${String(this.operations).padStart(6, '0')}`;
  }

  private attempts = 0;
  /** The evidence of the latest way back. */
  shown: Evidence = {};

  /** Calls a step until it ends, with the pauses of the engine. */
  private async step<T>(
    work: (call: Call) => Promise<T>,
    operationId = this.newOperation(),
  ): Promise<T> {
    let memo: string | null = null;
    let failures = 0;
    for (let count = 0; count < MOST_CALLS; count += 1) {
      this.attempts += 1;
      const signal = AbortSignal.timeout(30_000);
      try {
        const { attempts: attempt } = this;
        const show = (evidence: Evidence) => void Object.assign(this.shown, evidence);
        return await work({ operationId, attempt, requestId: null, memo, show, signal });
      } catch (error) {
        if (error instanceof NotYet) {
          memo = error.memo ?? memo;
          this.clock.at = Math.max(this.clock.at, error.until);
        } else if (error instanceof DriverError) {
          const pause = error.scope === 'backend' ? BREAKER : this.failed(++failures, error);
          this.clock.at += pause;
        } else throw error;
      }
    }
    throw new Endless();
  }

  private failed(failures: number, { message }: DriverError): number {
    this.passage.failures += 1;
    if (failures <= RETRIES) return BACKOFF * 2 ** (failures - 1);
    this.passage.quarantines.push(message);
    return QUARANTINE;
  }
}

class Endless extends Error {}

async function unlessEndless<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Endless) return null;
    throw error;
  }
}
