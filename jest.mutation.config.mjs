import base from './jest.config.mjs';

// The quick tests that hold authentication, identity, the parsers and the eligibility predicate; see stryker.config.json.
const files = [
  'contract/authMatrix',
  'contract/bot',
  'contract/http',
  'unit/bot.keys',
  'unit/commands.grammar',
  'unit/commands.volume',
  'unit/people',
  'unit/strictJson',
  'unit/tally',
];
export default { ...base, testMatch: files.map((file) => `<rootDir>/test/${file}.test.ts`) };
