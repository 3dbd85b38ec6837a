/** Unit and integration tests run from the sources; worker threads run what `npm run build` made. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // jest.soak.config.js runs the ones, which take minutes, and jest.binary.config.js the others, on what `npm run build:binary` made.
  testPathIgnorePatterns: ['/node_modules/', '/tests/soak/', '/tests/binary/'],
  transform: {
    '^.+\\.[jt]s$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  // These packages are ES modules only.
  transformIgnorePatterns: [
    '/node_modules/(?!(canonicalize|commander|cookie|lru-cache|zod-openapi)/)',
  ],
  // An import at run time names the file that tsc makes.
  moduleNameMapper: { '^(\\.\\.?/(?:drivers/[a-z-]+/)?(?:driver|proxy))\\.js$': '$1' },
  testTimeout: 20_000,
  maxWorkers: 2,
};
