import { documents, imports, lint, show, types } from './checks.ts';

// npm run check: what is worth knowing every minute. `npm test` does it too, and then runs the tests.
const results = await Promise.all([types(), lint(), imports(), documents()]);
for (const result of results) show(result);
if (results.some(({ passed }) => !passed)) process.exitCode = 1;
