import { simulatedDriver } from '../../../src/drivers/simulated';
import type { SimulatedCall, SimulatedSettings } from '../../../src/drivers/simulated/settings';
import type { Call, Driver, DriverFactory, DiscoveredResource } from '../../../src/drivers/driver';

/** A call that was stopped on its way. */
export interface HeldCall {
  /** Resolves when the call has come. */
  reached: Promise<void>;
  /** Lets it go on. */
  release(): void;
}

interface Hold extends HeldCall {
  name: SimulatedCall;
  when: 'before' | 'after';
  arrive(): void;
  gone: Promise<void>;
}

/** The simulated driver under the name `gated`; a test can hold and count its calls. */
export class Gate {
  readonly calls: { name: SimulatedCall; call: Call }[] = [];
  private readonly holds: Hold[] = [];

  readonly factory: DriverFactory = {
    ...(simulatedDriver as DriverFactory),
    name: 'gated',
    create: (settings, env) =>
      this.gated(simulatedDriver.create(settings as SimulatedSettings, env)),
  };

  /** Holds the next call of this name, before it does anything or (`after`) before it answers. */
  hold(name: SimulatedCall, when: 'before' | 'after' = 'before'): HeldCall {
    let arrive = () => {};
    let release = () => {};
    const reached = new Promise<void>((resolve) => (arrive = resolve));
    const gone = new Promise<void>((resolve) => (release = resolve));
    const held: Hold = { name, when, reached, gone, arrive, release };
    this.holds.push(held);
    return held;
  }

  private gated(driver: Driver): Driver {
    return new Proxy(driver, {
      get: (target, property, receiver) => {
        const method: unknown = Reflect.get(target, property, receiver);
        if (typeof method !== 'function' || property === 'close')
          return typeof method === 'function' ? method.bind(target) : method;
        if (property === 'list')
          return (...given: Parameters<Driver['list']>) => this.pages(given, target.list(...given));
        return (...given: unknown[]) =>
          this.pass(property as SimulatedCall, given, () =>
            (method as (...all: unknown[]) => Promise<unknown>).apply(target, given),
          );
      },
    });
  }

  private async *pages(
    given: unknown[],
    pages: AsyncIterable<DiscoveredResource[]>,
  ): AsyncIterable<DiscoveredResource[]> {
    await this.pass('list', given, async () => {});
    yield* pages;
  }

  private async pass(
    name: SimulatedCall,
    given: unknown[],
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    this.calls.push({ name, call: given.at(-1) as Call });
    const index = this.holds.findIndex((hold) => hold.name === name);
    const held = index < 0 ? null : this.holds.splice(index, 1)[0]!;
    if (held?.when === 'before') await stopAt(held);
    const answer = await work();
    if (held?.when === 'after') await stopAt(held);
    return answer;
  }
}

async function stopAt(held: Hold): Promise<void> {
  held.arrive();
  await held.gone;
}
