/** Unit and integration tests run from the sources; worker threads run what `npm run build` made. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // These take minutes: jest.soak.config.js runs them.
  testPathIgnorePatterns: ['/node_modules/', '/tests/soak/'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  // An import at run time names the file that tsc makes.
  moduleNameMapper: { '^(\\./driver)\\.js$': '$1' },
  testTimeout: 20_000,
  maxWorkers: 2,
};
