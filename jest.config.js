/** Packages that are ES modules only: jest cannot `require` those without flags, so swc compiles them. */
const MODULES = '(basic-auth|canonicalize|commander|cookie|env-paths|is-safe-filename)';

/**
 * Globals that modules get as parameters: a look at a global of jest's sandbox is a call into C++,
 * and Drizzle asks `Object` for each part of each query. Only what no test replaces, and no module
 * declares anew.
 */
const PASSED = [
  ...['Array', 'BigInt', 'Boolean', 'Error', 'Function', 'JSON', 'Map', 'Math', 'Number', 'Object'],
  ...['Proxy', 'RangeError', 'Reflect', 'RegExp', 'Set', 'String', 'Symbol', 'TypeError'],
  ...['Uint8Array', 'WeakMap', 'WeakSet'],
];

/** Unit and integration tests run from the sources; worker threads run what `npm run build` made. */
module.exports = {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/tests/setup.ts',
  testSequencer: '<rootDir>/tests/sequencer.cjs',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // Run by jest.e2e.config.js, as processes; by jest.browser.config.js, in Chromium; by
  // jest.engines.config.js, with Docker and QEMU; by jest.soak.config.js, for minutes; and by
  // jest.binary.config.js, on what `npm run build:binary` made.
  testPathIgnorePatterns: ['/node_modules/', '/tests/(binary|browser|e2e|engines|soak)/'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } } }],
    [`/node_modules/${MODULES}/.+\\.js$`]: ['@swc/jest', { jsc: { target: 'es2024' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!${MODULES}/)`],
  // An import at run time names the file that tsc makes.
  moduleNameMapper: {
    '^(\\.\\.?/(?:server/[a-z-]+|build-info|http-sessions))\\.js$': '$1',
    '^(\\.\\.?/(?:drivers/[a-z-]+/)?(?:driver|proxy|exec-proxy|metrics/(?:collector|tally)))\\.js$':
      '$1',
  },
  sandboxInjectedGlobals: PASSED,
  testTimeout: 20_000,
  // One more than two processors: many suites wait for a process, a time-out or a browser.
  maxWorkers: 3,
};
