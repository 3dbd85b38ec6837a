import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { bestCost, costInWords, startInstallation } from './installation';

jest.setTimeout(180_000);

describeWithChromium('the first page of an installation of 3,000 resources', () => {
  test('is there within a second, and takes less than 60 MB', async () => {
    const browser = await startChromium();
    const size = { resources: 3_000, waiting: 300 };
    const cost = await bestCost(browser, await startInstallation(size), size);
    process.stderr.write(`first page, 3,000 resources: ${costInWords(cost)}\n`);
    expect(cost.shown).toBeLessThan(1_000);
    expect(cost.heap).toBeLessThan(60e6);
  });
});
