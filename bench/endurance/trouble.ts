import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../dice';
import { SimulatedCloud } from '../../src/drivers/simulated';
import type { Borrower } from './borrower';
import { GaveUp, type Caller } from './caller';
import { SIZES, type Plan } from './plan';

/** Longest that a back end is away, in ms. */
const OUTAGE = 12_000;
const PASSING = {
  name: 'passing',
  kind: 'vm',
  driver: 'simulated',
  size: 3,
  lease: { default: 60 },
};

/**
 * What goes on beside the callers: admins at work, and back ends that fail. Every window, and the
 * warm-up, has the same at the same places, so that windows can be compared.
 */
export class Trouble {
  private readonly cloud: SimulatedCloud;
  private stopped = false;
  private readonly running: Promise<void>[] = [];

  constructor(
    private readonly plan: Plan,
    private readonly admin: Caller,
    private readonly borrower: Borrower,
    private readonly dice: Dice,
    dataDir: string,
  ) {
    this.cloud = SimulatedCloud.open(dataDir);
  }

  /** Begins; goes on until `stop`. */
  start(): void {
    const { window } = this.plan;
    const short = Math.min(OUTAGE, window / 10);
    this.each(0.05, () => this.resize('accounts', SIZES.accounts - 15));
    this.each(0.15, () => this.resize('vms', SIZES.vms + 10));
    this.each(0.25, () => this.resize('accounts', SIZES.accounts));
    this.each(0.4, () => this.outage('accounts', short));
    this.each(0.55, () => this.slowness('boxes', short));
    this.each(0.65, () => this.resize('vms', SIZES.vms));
    this.each(0.7, () => this.passingPool());
    this.every(5_000, () => this.maintenance());
    this.every(10_000, () => this.retryQuarantined());
  }

  /** Resolves when nothing of it goes on, and all back ends are well. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
    await this.cloud.close();
  }

  /** At this part of every window. */
  private each(part: number, work: () => Promise<void>): void {
    this.running.push(this.repeat(this.plan.window * part, this.plan.window, work));
  }

  private every(period: number, work: () => Promise<void>): void {
    this.running.push(this.repeat(period, period, work));
  }

  private async repeat(first: number, period: number, work: () => Promise<void>): Promise<void> {
    // From the beginning of the windows, so that the warm-up ends with the end of a round.
    const offset = this.plan.warmUp % period;
    let due = performance.now() + ((first + offset) % period);
    while (!this.stopped) {
      if (performance.now() < due) {
        await pause(Math.min(500, Math.max(1, due - performance.now())));
        continue;
      }
      due += period;
      await work().catch((error: unknown) => {
        if (!(error instanceof GaveUp)) this.borrower.fault(`trouble: ${String(error)}`);
      });
    }
  }

  private async resize(pool: string, size: number): Promise<void> {
    await this.admin.call('PATCH /v1/pools/{name}', `/v1/pools/${pool}`, {
      expect: [200],
      body: { size },
    });
  }

  private async outage(pool: string, ms: number): Promise<void> {
    await this.cloud.setBackendDown(pool, true);
    await pause(ms);
    await this.cloud.setBackendDown(pool, false);
  }

  private async slowness(pool: string, ms: number): Promise<void> {
    await this.cloud.setLatency(pool, 200);
    await pause(ms);
    await this.cloud.setLatency(pool, null);
  }

  /** A pool of the API that is lent from once and goes. */
  private async passingPool(): Promise<void> {
    await this.admin.call('POST /v1/pools', '/v1/pools', { expect: [201, 409], body: PASSING });
    const lent = await this.borrower.borrow({ items: [{ pool: PASSING.name }] });
    await this.admin.call('DELETE /v1/pools/{name}', `/v1/pools/${PASSING.name}`, {
      expect: [202],
    });
    await pause(1_000);
    await this.borrower.release(lent);
  }

  private async maintenance(): Promise<void> {
    const name = `vms-${this.dice.between(1, SIZES.vms)}`;
    // It may have gone when its pool was made smaller.
    const set = (adminState: string) =>
      this.admin.call('PATCH /v1/resources/{id}', `/v1/resources/${name}`, {
        expect: [200, 404, 409],
        body: { adminState },
      });
    if ((await set('maintenance')).status !== 200) return;
    await pause(2_000);
    await set('in_service');
  }

  private async retryQuarantined(): Promise<void> {
    const { body } = await this.admin.call<{ items: { id: string }[] }>(
      'GET /v1/resources',
      '/v1/resources?status=quarantined&limit=5',
      { expect: [200] },
    );
    for (const { id } of body.items)
      await this.admin.call(
        'POST /v1/resources/{id}/unquarantine',
        `/v1/resources/${id}/unquarantine`,
        { expect: [202, 404, 409] },
      );
  }
}
