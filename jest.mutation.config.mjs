import base from './jest.config.mjs';

// The quick tests of one module; scripts/mutation.ts says which.
const files = (process.env.MUTATION_TESTS ?? '').split(',').filter(Boolean);
export default { ...base, testTimeout: 10_000, testMatch: files.map((file) => `<rootDir>/test/${file}.test.ts`) };
