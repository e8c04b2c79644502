import fc from 'fast-check';
import { Recent } from '../../src/bot/recent.ts';

test('HT-4: what is kept of calls is the newest few, however many there were', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (most, keys) => {
      const recent = new Recent<number>(most);
      for (const [at, key] of keys.entries()) recent.set(String(key), at);
      const kept = Array.from({ length: 21 }, (_, key) => recent.get(String(key))).filter((at) => at !== undefined);
      // The last time each key was set; of those the newest.
      const newest = [...new Set([...keys].reverse())].slice(0, most).map((key) => keys.lastIndexOf(key));
      expect(kept.sort((a, b) => a - b)).toEqual(newest.sort((a, b) => a - b));
    }),
  );
});
