import { describe, expect, test } from '@jest/globals';
import { BUGS, REDUCED } from '../../model/cases.ts';
import { explore, MODEL_HINT, modelTools, wrong } from '../../scripts/model.ts';

const LIMIT_MS = 60_000;
const there = await modelTools();
const suite = there ? describe : describe.skip;

suite(`model of the approval protocol${there ? '' : ` (skipped; try: ${MODEL_HINT})`}`, () => {
  test(
    'AP-1 AP-2 AP-3 AP-4 AP-6 AP-7 AP-8 AP-9 GR-5: hold in every state of the reduced model',
    async () => {
      const found = await explore(REDUCED);
      expect(wrong(REDUCED, found)).toBeUndefined();
      expect(found.states).toBeGreaterThan(100_000);
    },
    LIMIT_MS,
  );

  const some = ['quorum counts accounts', 'stale fence accepted', 'job enqueued after the commit', 'two undos under one fence'];
  test.each(BUGS.filter(({ name }) => some.includes(name)))(
    'finds the seeded bug: $name',
    async (bug) => {
      const found = await explore(bug);
      expect(found.broken).toBeDefined();
      expect(found.depth).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );

  test('knows every seeded bug it asks for', () => expect(BUGS.filter(({ name }) => some.includes(name))).toHaveLength(some.length));
});
