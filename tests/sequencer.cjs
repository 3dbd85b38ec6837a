const { relative } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/** The suites that take longest, the longest first; a clone knows no durations yet. */
const LONG = [
  'tests/e2e/golden/',
  'tests/e2e/',
  'tests/service/property.test.ts',
  'tests/ops/',
  'tests/drivers/',
  'tests/engines/',
  'tests/store/',
];

/** Starts the long suites first, so that no worker is left alone with one at the end. */
class Longest extends Sequencer {
  static LONG = LONG;

  sort(tests) {
    const rank = ({ path }) => {
      const name = relative(`${__dirname}/..`, path);
      const found = LONG.findIndex((each) => name.startsWith(each));
      return found === -1 ? LONG.length : found;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}

module.exports = Longest;
