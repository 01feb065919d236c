/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
  globalSetup: '<rootDir>/test/support/package-stack-once.mjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.build/', '<rootDir>/.serverless/'],
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.mjs'],
  // A scenario is a whole deployment: on a busy machine it takes its time, and only one that hangs may fail for it.
  testTimeout: 120_000,
  // Half of the time is spent waiting for functions and sockets: one worker for each core.
  maxWorkers: '100%',
};
