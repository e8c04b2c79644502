// Tests run as ES modules, as the product does: pg-boss, Kysely and jose ship no CommonJS (docs/decisions/0003).
export default {
  testEnvironment: 'node',
  // Generous: shared machines are slow at times, and a test that waits for something names what it waited for itself.
  testTimeout: 240_000,
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
};
