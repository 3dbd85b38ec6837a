import { DriverError } from '../../src/drivers/driver';
import { Deadline } from '../../src/service/lifecycle/deadline';

const stopped = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(new DriverError('backend', 'stopped'))),
  );

test('a deadline that has stopped one call is not used for another', async () => {
  const deadline = new Deadline();
  await expect(deadline.hold(60_000, async () => 'in time')).resolves.toBe('in time');
  expect(deadline.isReusable()).toBe(true);
  await expect(deadline.hold(1, stopped)).rejects.toThrow('stopped');
  expect(deadline.isReusable()).toBe(false);
  const asked = jest.fn(async () => 'asked');
  await expect(deadline.hold(60_000, asked)).rejects.toThrow('longer than 60 seconds');
  expect(asked).not.toHaveBeenCalled();
});
