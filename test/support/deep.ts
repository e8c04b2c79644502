import { appendFileSync } from 'node:fs';

/** `npm run test:deep` asks for the whole of what the suite takes a sample of. */
export const DEEP = process.env.BREAKGLASS_TEST_DEEP === 'yes';

/** So many in every run of the suite, so many when all of it is asked for. */
export const often = (always: number, deep: number): number => Number(process.env.BREAKGLASS_COUNT ?? (DEEP ? deep : always));

/**
 * A line of figures for `npm run test:deep` to print; nothing otherwise.
 *
 * @param when `always`: `npm test` prints it too, whatever comes of the test
 */
export function figure(line: string, when: 'deep' | 'always' = 'deep'): void {
  const file = process.env.BREAKGLASS_TEST_FIGURES;
  if (file && (DEEP || when === 'always')) appendFileSync(file, `${line}\n`);
}
