/** @type {import('jest').Config} */
export default {
  // Node 24 runs TypeScript by itself: nothing is transformed.
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  testTimeout: 30_000,
  maxWorkers: 2,
  setupFilesAfterEnv: ['./test/support/matchers.ts'],
  globalSetup: './test/support/global-setup.ts',
  globalTeardown: './test/support/global-teardown.ts',
  reporters: ['default', './test/support/coverage-reporter.ts', './test/support/counts-reporter.ts'],
};
