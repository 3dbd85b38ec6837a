import type { Driver, DriverFactory } from '../../../src/drivers/driver';
import { simulatedDriver } from '../../../src/drivers/simulated';

export type DriverCall = Exclude<keyof Driver, 'capabilities' | 'close' | 'list' | 'remove'>;
export type CallMoment = 'before' | 'after';

/** A call that was stopped on its way out, or with its answer on its way back. */
export interface Held {
  /** Resolves when a worker stands at the gate. */
  reached: Promise<void>;
  release(): void;
}

/** The simulated driver behind a gate, where one call can be held while the world goes on. */
export class Gate {
  private armed: {
    call: DriverCall;
    moment: CallMoment;
    nth: number;
    arrive: () => void;
    open: Promise<void>;
  } | null = null;

  readonly factory: DriverFactory = {
    ...(simulatedDriver as DriverFactory),
    name: 'held',
    create: (settings, env) => this.guard((simulatedDriver as DriverFactory).create(settings, env)),
  };

  /** Holds the `nth` call of this kind from now on. */
  hold(call: DriverCall, moment: CallMoment, nth = 1): Held {
    let arrive = () => {};
    let release = () => {};
    const reached = new Promise<void>((resolve) => (arrive = resolve));
    const open = new Promise<void>((resolve) => (release = resolve));
    this.armed = { call, moment, nth, arrive, open };
    return { reached, release };
  }

  private guard(driver: Driver): Driver {
    return new Proxy(driver, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        const method = value.bind(target) as (...given: unknown[]) => Promise<unknown>;
        return this.armed?.call === name
          ? (...given: unknown[]) => this.pass(() => method(...given))
          : method;
      },
    });
  }

  private async pass(make: () => Promise<unknown>): Promise<unknown> {
    const armed = this.armed!;
    armed.nth -= 1;
    if (armed.nth > 0) return make();
    this.armed = null;
    if (armed.moment === 'after') {
      const answer = await make();
      armed.arrive();
      await armed.open;
      return answer;
    }
    armed.arrive();
    await armed.open;
    return make();
  }
}
