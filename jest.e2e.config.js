const base = require('./jest.config.js');

/** The built program as people run it: servers, commands, and their processes. */
module.exports = {
  ...base,
  roots: ['<rootDir>/tests/e2e'],
  testPathIgnorePatterns: ['/node_modules/'],
};
