import type { Config } from 'jest';

const config: Config = {
  roots: ['<rootDir>/workspaces', '<rootDir>/e2e', '<rootDir>/scripts', '<rootDir>/k8s'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024', experimental: { keepImportAttributes: true } } },
    ],
  },
  globalSetup: '<rootDir>/scripts/local/jest-setup.ts',
  globalTeardown: '<rootDir>/scripts/local/jest-teardown.ts',
  testTimeout: 60_000,
  maxWorkers: 2,
};

export default config;
