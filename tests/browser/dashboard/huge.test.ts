import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { bestCost, costInWords, startInstallation } from './installation';

jest.setTimeout(180_000);

const SMALL = { resources: 1_500, waiting: 10 };
const LARGE = { resources: 6_000, waiting: 600 };

// The limits in seconds are held by the soak, which has the machine for itself.
describeWithChromium('the first page of an installation of 6,000 resources', () => {
  test('is there as soon as that of a quarter of it, and takes less than 60 MB', async () => {
    const browser = await startChromium();
    const measure = async (size: typeof SMALL) => {
      const cost = await bestCost(browser, await startInstallation(size), size);
      process.stderr.write(`first page, ${size.resources} resources: ${costInWords(cost)}\n`);
      return cost;
    };
    const [small, large] = [await measure(SMALL), await measure(LARGE)];
    expect(large.shown).toBeLessThan(2.5 * small.shown);
    expect(large.heap).toBeLessThan(60e6);
    expect(large.heap).toBeLessThan(1.2 * small.heap);
  });
});
