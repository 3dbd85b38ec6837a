import type { DriverFactory } from './driver';
import { lateFactory } from './late';

/** The index of a driver's folder. */
interface DriverModule {
  default: DriverFactory;
}

/**
 * Every driver of this build, by the name of its folder. A driver is that folder, a line here,
 * `tests/drivers/<name>.fixture.ts` for the contract suite, and a section of docs/drivers.md; if it
 * reads variables, also .env.example. Each line is a `require`, so that a thread loads only the
 * drivers that it uses.
 */
const MODULES: Readonly<Record<string, () => DriverModule>> = {
  simulated: () => require('./simulated') as DriverModule,
  static: () => require('./static') as DriverModule,
  docker: () => require('./docker') as DriverModule,
  exec: () => require('./exec') as DriverModule,
  http: () => require('./http') as DriverModule,
  'ibm-cloud': () => require('./ibm-cloud') as DriverModule,
  qemu: () => require('./qemu') as DriverModule,
  ssh: () => require('./ssh') as DriverModule,
};

/** The factory of every driver, by name. */
export const DRIVERS: ReadonlyMap<string, DriverFactory> = new Map(
  Object.entries(MODULES).map(([name, load]) => [name, lateFactory(name, () => load().default)]),
);
