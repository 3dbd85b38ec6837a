import { DRIVERS } from '../../src/drivers';
import { describeDriver, type DriverUnderTest } from './driver';

/** What the fixture of a driver exports: `tests/drivers/<name>.fixture.ts`. */
interface FixtureModule {
  /** The driver, once for each way of being set up that behaves differently. */
  underTest: readonly DriverUnderTest[];
  /** For a driver that needs an engine or an emulator: skips where it is missing. */
  describeWithEngine?: (name: string, fn: () => void) => void;
}

/**
 * Runs the contract suite for every driver that needs an engine or an emulator, or for every other.
 */
export function describeDrivers(which: 'with an engine' | 'without'): void {
  for (const name of DRIVERS.keys()) {
    const { underTest, describeWithEngine } = jest.requireActual<FixtureModule>(
      `../drivers/${name}.fixture`,
    );
    const needsEngine = describeWithEngine !== undefined;
    if (needsEngine !== (which === 'with an engine')) continue;
    (describeWithEngine ?? describe)(`driver ${name}`, () => underTest.forEach(describeDriver));
  }
}
