import { beforeEach, expect, test } from '@jest/globals';
import { help } from '../../src/bot/commands/help.ts';
import type { Parsed } from '../../src/bot/grammar.ts';
import { helpNeeds } from '../../src/bot/tables.ts';
import type { Rendered } from '../../src/cards/render.ts';
import type { Actor } from '../../src/core/people.ts';
import { actor, stranger } from '../support/builders.ts';

type Unknown = Extract<Parsed, { kind: 'unknown' }>;

let needs: ReturnType<typeof helpNeeds>;
beforeEach(() => {
  needs = helpNeeds();
});
async function drawnFor(who: Actor, about?: Unknown): Promise<Rendered> {
  const said = await help.run(about ? { about } : {}, needs({ actor: who, mri: '29:x', where: 'personal' }));
  if (said.kind !== 'card') throw new Error('no card');
  return said.rendered;
}
const words = async (who: Actor, about?: Unknown) => JSON.stringify((await drawnFor(who, about)).card);

test('the same question of the same person is drawn once', async () => {
  expect(await drawnFor(actor('rita'))).toBe(await drawnFor(actor('rita')));
});

test('what was drawn for one is shown to nobody else: name, roles and what was typed are those of who asks', async () => {
  await words(actor('rita'));
  expect(await words(actor('ann'))).toContain('Ann Archer');
  expect(await words(actor('rita', ['auditor']))).toContain('"auditor"');
  expect(await words(actor('rita', []))).toContain('"none"');
  expect(await words(stranger())).not.toContain('Rita');
  expect(await words(actor('rita'), { kind: 'unknown', typed: 'creat', nearest: 'create' })).toContain('"creat"');
  expect(await words(actor('rita'), { kind: 'unknown', typed: 'hepl', nearest: 'help' })).toContain('"hepl"');
  expect(await words(actor('rita'))).not.toContain('hepl');
});
