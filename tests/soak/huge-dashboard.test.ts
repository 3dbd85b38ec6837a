import { startChromium } from '../helpers/chromium';
import { bestCost, costInWords, startInstallation } from '../browser/dashboard/installation';
import { say, size, soak } from './helpers/soak';

const RESOURCES = size('HUGE_RESOURCES', 100_000);
const WAITING = size('HUGE_WAITING', 10_000);

soak('the first page of a huge installation', () => {
  test('costs about as much as that of a small one', async () => {
    const browser = await startChromium();
    const sizes = [
      { resources: 1_500, waiting: 10 },
      { resources: RESOURCES, waiting: WAITING },
    ];
    for (const each of sizes) {
      const cost = await bestCost(browser, await startInstallation(each), each);
      const { resources, waiting } = each;
      say(`first page, ${resources} resources, ${waiting} waiting: ${costInWords(cost)}`);
      expect(cost.shown).toBeLessThan(1_000);
      expect(cost.heap).toBeLessThan(60e6);
    }
  });
});
