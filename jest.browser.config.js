const base = require('./jest.config.js');

/** The dashboard and every other page in a real browser, Debian's Chromium. */
module.exports = {
  ...base,
  roots: ['<rootDir>/tests/browser'],
  testPathIgnorePatterns: ['/node_modules/'],
};
