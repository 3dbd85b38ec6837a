const base = require('./jest.config.js');

/** What kills, races and floods: one at a time, against what `npm run build` made. */
process.env.SOAK = '1';
module.exports = {
  ...base,
  // Without tests/setup.ts: on the disk, and by every migration.
  globalSetup: undefined,
  roots: ['<rootDir>/tests/soak'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 1_200_000,
  maxWorkers: 1,
};
