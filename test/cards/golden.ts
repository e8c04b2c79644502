import { fileURLToPath } from 'node:url';
import type { Example } from './example.ts';

/** The file an example is compared with. `npm run cards` writes it anew; the difference is read in review. */
export const goldenFile = ({ card, state }: Example): string => fileURLToPath(new URL(`./golden/${card}.${state}.json`, import.meta.url));
