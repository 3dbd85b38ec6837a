import { DRIVERS } from '../../src/drivers';
import { describeDrivers } from '../contracts/fixtures';

describeDrivers('without');

test.each([...DRIVERS])('%s is registered under its own name', (name, { kinds }) => {
  const factory = jest.requireActual<{ default: { name: string } }>(
    `../../src/drivers/${name}`,
  ).default;
  expect(factory.name).toBe(name);
  expect(kinds.length).toBeGreaterThan(0);
});
