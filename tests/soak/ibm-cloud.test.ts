import { playMany } from '../helpers/ibm-cloud/property';
import { Dice, say, size } from './helpers/soak';

/** Accounts of the simulated IBM Cloud, lent to holders who do not want to go. */

const COURSES = size('COURSES', 10_000);

const TITLE = 'nothing is lent while an earlier secret works or below R3, nothing is lost';

test(`${COURSES} random courses: ${TITLE}`, async () => {
  const { seed } = Dice.thrown('ibm-cloud');
  const tally = await playMany(COURSES, seed);
  say(`ibm-cloud: ${JSON.stringify({ courses: COURSES, ...tally })}`);
  expect(tally).toMatchObject({ unclean: 0, below: 0, lost: 0 });
}, 36_000_000);
