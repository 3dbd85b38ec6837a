const base = require('./jest.config.js');

/** What needs a Docker engine or QEMU: containers and virtual machines that are really lent. */
module.exports = {
  ...base,
  roots: ['<rootDir>/tests/engines'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 2,
};
