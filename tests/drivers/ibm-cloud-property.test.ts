import { SEED } from '../helpers/seed';
import { playMany } from '../helpers/ibm-cloud/property';

/** How many random courses are played; set IBM_CLOUD_RUNS for more. `npm run soak` plays 10,000. */
const RUNS = Number(process.env.IBM_CLOUD_RUNS ?? 4);

const TITLE = `in ${RUNS} random courses, no account is lent while a secret works, and none is lost`;

test(`${TITLE} (FC_SEED=${SEED})`, async () => {
  const { unclean, below, lost, ...counted } = await playMany(RUNS, SEED);
  process.stdout.write(
    `ibm-cloud: ${JSON.stringify({ runs: RUNS, unclean, below, lost, ...counted })}\n`,
  );
  expect({ unclean, below, lost }).toEqual({ unclean: 0, below: 0, lost: 0 });
}, 900_000);
