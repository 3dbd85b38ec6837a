const base = require('./jest.config.js');

/**
 * The executable that `npm run build:binary` made, as whoever installs it meets it; some of it needs
 * root.
 */
module.exports = {
  ...base,
  globalSetup: undefined,
  roots: ['<rootDir>/tests/binary'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
