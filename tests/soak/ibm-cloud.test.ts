import { playMany } from '../helpers/ibm-cloud/property';

/** Accounts of the simulated IBM Cloud, lent to holders who do not want to go. */

const RUNS = Number(process.env.IBM_CLOUD_RUNS ?? 10_000);

test(`${RUNS} random courses: nothing is lent while an earlier secret works, nothing is lost`, async () => {
  const tally = await playMany(RUNS);
  process.stdout.write(`ibm-cloud: ${JSON.stringify({ runs: RUNS, ...tally })}\n`);
  expect(tally).toMatchObject({ unclean: 0, lost: 0 });
}, 36_000_000);
