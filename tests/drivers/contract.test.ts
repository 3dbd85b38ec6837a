import { DRIVERS } from '../../src/drivers';
import { describeDriver, type DriverUnderTest } from '../contracts/driver';

/** What the fixture of a driver exports: `<name>.fixture.ts` in this folder. */
interface FixtureModule {
  /** The driver, once for each way of being set up that behaves differently. */
  underTest: readonly DriverUnderTest[];
  /** `describe`, or one that skips where the back end is missing. */
  describeHere?: (name: string, fn: () => void) => void;
}

for (const name of DRIVERS.keys()) {
  const { underTest, describeHere = describe } = jest.requireActual<FixtureModule>(
    `./${name}.fixture`,
  );
  describeHere(`driver ${name}`, () => underTest.forEach(describeDriver));
}

test.each([...DRIVERS])('%s is registered under its own name', (name, { kinds }) => {
  const factory = jest.requireActual<{ default: { name: string } }>(
    `../../src/drivers/${name}`,
  ).default;
  expect(factory.name).toBe(name);
  expect(kinds.length).toBeGreaterThan(0);
});
