import { readFileSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';

/** What is mutated: a module, the quick tests that hold it, and how much of it may go unnoticed. */
interface Target {
  readonly module: string;
  /** Only this function of it. */
  readonly only?: string;
  readonly tests: readonly string[];
  /** Share of the changes that the tests must notice, in percent. */
  readonly goal: number;
}

/** Changes no test can tell from the code are marked where they stand (`// Stryker disable next-line …: reason`), and counted here. */
const TARGETS: readonly Target[] = [
  { module: 'src/bot/auth.ts', tests: ['unit/bot.auth'], goal: 95 },
  { module: 'src/bot/channelToken.ts', tests: ['unit/bot.channelToken'], goal: 95 },
  { module: 'src/bot/channelKeys.ts', tests: ['unit/bot.channelKeys'], goal: 95 },
  { module: 'src/bot/serviceUrls.ts', tests: ['unit/bot.place'], goal: 95 },
  { module: 'src/bot/identity.ts', tests: ['unit/bot.identity'], goal: 95 },
  { module: 'src/bot/inbound.ts', tests: ['unit/bot.inbound'], goal: 95 },
  { module: 'src/bot/place.ts', tests: ['unit/bot.place'], goal: 95 },
  { module: 'src/bot/grammar.ts', tests: ['unit/commands.grammar'], goal: 95 },
  { module: 'src/bot/input.ts', tests: ['unit/bot.input'], goal: 95 },
  { module: 'src/http/strictJson.ts', tests: ['unit/strictJson'], goal: 95 },
  { module: 'src/graph/people.ts', tests: ['unit/people'], goal: 95 },
  { module: 'src/core/request/tally.ts', tests: ['unit/tally'], goal: 100 },
  { module: 'src/core/request/decide.ts', only: 'decider', tests: ['unit/decider'], goal: 100 },
  { module: 'src/core/request/decide.ts', tests: ['unit/requestDecide', 'unit/decider'], goal: 95 },
  { module: 'src/core/request/undo.ts', tests: ['unit/requestDecide'], goal: 95 },
  { module: 'src/core/request/run.ts', tests: ['unit/requestRun'], goal: 95 },
  { module: 'src/core/request/tighten.ts', tests: ['unit/tighten'], goal: 95 },
  { module: 'src/core/request/replan.ts', tests: ['unit/requestReplan', 'unit/mend', 'unit/stillToHold', 'unit/accountsLeft'], goal: 95 },
  { module: 'src/core/request/rights.ts', tests: ['unit/rights'], goal: 95 },
  { module: 'src/core/request/expected.ts', tests: ['unit/expectedEvents'], goal: 95 },
  { module: 'src/core/account/custody.ts', tests: ['unit/reveal', 'unit/passkeys', 'unit/unconfirmed', 'unit/leavers'], goal: 95 },
  { module: 'src/core/account/unconfirmed.ts', tests: ['unit/unconfirmed', 'unit/accountLife'], goal: 95 },
  { module: 'src/core/account/passkeys.ts', tests: ['unit/passkeys', 'unit/enrolment', 'unit/accountLife'], goal: 95 },
  {
    module: 'src/jobs/runPlan.ts',
    tests: ['unit/runPlanTold', 'unit/stillToHold', 'unit/runPlan', 'unit/accountsLeft', 'unit/rights'],
    goal: 95,
  },
  { module: 'src/jobs/planScene.ts', tests: ['unit/planScene', 'unit/stillToHold'], goal: 95 },
  { module: 'src/jobs/steps/credential.ts', tests: ['unit/steps.credential'], goal: 95 },
  { module: 'src/jobs/steps/mend.ts', tests: ['unit/steps.mend'], goal: 95 },
  { module: 'src/jobs/steps/passkeys.ts', tests: ['unit/steps.passkeys'], goal: 95 },
  { module: 'src/jobs/steps/policy.ts', tests: ['unit/steps.policy'], goal: 95 },
  { module: 'src/jobs/steps/rights.ts', tests: ['unit/steps.rights'], goal: 95 },
  { module: 'src/jobs/steps/step.ts', tests: ['unit/steps.step', 'unit/stillToHold'], goal: 95 },
  { module: 'src/jobs/steps/user.ts', tests: ['unit/steps.user'], goal: 95 },
  { module: 'src/jobs/steps/verify.ts', tests: ['unit/steps.verify'], goal: 95 },
  { module: 'src/app/door/requests.ts', tests: ['unit/door.requests', 'unit/secondProof'], goal: 95 },
  { module: 'src/app/door/opening.ts', tests: ['unit/door.opening'], goal: 95 },
  { module: 'src/app/door/accounts.ts', tests: ['unit/door.credentials', 'unit/dispatch'], goal: 95 },
  { module: 'src/app/door/passkeys.ts', tests: ['unit/door.credentials'], goal: 95 },
  { module: 'src/app/door/lease.ts', tests: ['unit/door.credentials'], goal: 95 },
  { module: 'src/app/door/conclude.ts', tests: ['unit/door.conclude'], goal: 95 },
  { module: 'src/bot/actions/partReveal.ts', tests: ['unit/partReveal', 'unit/bot.actions'], goal: 95 },
  { module: 'src/core/request/proof.ts', tests: ['unit/secondProof'], goal: 95 },
  { module: 'src/core/request/opening.ts', tests: ['unit/opening'], goal: 95 },
  { module: 'src/core/request/edit.ts', tests: ['unit/opening'], goal: 95 },
  { module: 'src/core/request/open.ts', tests: ['unit/openCreate'], goal: 95 },
  { module: 'src/core/request/named.ts', tests: ['unit/openCreate', 'unit/stillToHold'], goal: 95 },
  { module: 'src/core/request/openAccount.ts', tests: ['unit/openAccount'], goal: 95 },
  { module: 'src/core/request/stays.ts', tests: ['unit/halfWay'], goal: 95 },
  { module: 'src/core/request/planAccount.ts', tests: ['unit/plans'], goal: 95 },
  { module: 'src/core/request/planSteps.ts', tests: ['unit/plans'], goal: 95 },
  { module: 'src/core/request/mend.ts', tests: ['unit/plans'], goal: 95 },
  { module: 'src/core/request/planMend.ts', tests: ['unit/plans', 'unit/mend'], goal: 95 },
  { module: 'src/core/request/difference.ts', tests: ['unit/requestReplan'], goal: 95 },
  { module: 'src/core/account/usable.ts', tests: ['unit/accountsLeft'], goal: 95 },
  { module: 'src/core/account/life.ts', tests: ['unit/accountLife'], goal: 95 },
  { module: 'src/core/account/passkeyTerms.ts', tests: ['unit/passkeys', 'unit/requestReplan'], goal: 95 },
  { module: 'src/core/posture/checks/methods.ts', tests: ['unit/postureMethods'], goal: 95 },
  { module: 'src/core/alert/raise.ts', tests: ['unit/alertGrave', 'unit/alert'], goal: 95 },
  { module: 'src/core/roster/roster.ts', tests: ['property/roster'], goal: 100 },
];

/**
 * `npm run test:mutation [-- module…]`: changes the code of each module a little, many times, and counts the changes its tests notice.
 * One module after the other, each with its own tests: some minutes each.
 */
const wanted = process.argv.slice(2);
const chosen = TARGETS.filter(({ module }) => wanted.length === 0 || wanted.some((part) => module.includes(part)));
const rows: string[] = [];
let missed = chosen.length === 0;
for (const { module, only, tests, goal } of chosen) {
  // jest.mutation.config.mjs reads it, in the processes that run the tests.
  process.env.MUTATION_TESTS = tests.join(',');
  const results = await new Stryker({ mutate: [only === undefined ? module : linesOf(module, only)] }).runMutationTest();
  const count = (...states: readonly string[]): number => results.filter(({ status }) => states.includes(status)).length;
  const noticed = count('Killed', 'Timeout');
  const all = noticed + count('Survived', 'NoCoverage');
  missed ||= noticed * 100 < goal * all || all === 0;
  rows.push(
    `| ${module}${only === undefined ? '' : `, ${only}`} | ${noticed} of ${all} | ${((noticed / all) * 100).toFixed(1)} % | ${count('Ignored')} |`,
  );
}
console.log(['', '| Module | Noticed | Share | Marked as equal |', '|---|---|---|---|', ...rows].join('\n'));
process.exit(missed ? 1 : 0);

/** The lines of a function at the top of a module, as Stryker wants them: `file:from-to`. */
function linesOf(module: string, name: string): string {
  const lines = readFileSync(module, 'utf8').split('\n');
  const from = lines.findIndex((line) => line.startsWith(`function ${name}(`));
  const to = lines.indexOf('}', from);
  if (from < 0 || to < 0) throw new Error(`${module} has no function ${name}`);
  return `${module}:${from + 1}-${to + 1}`;
}
