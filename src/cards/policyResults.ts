import type { SignInEvent } from '../core/alert/types.ts';
import { plain } from './text.ts';

/** Results of Conditional Access as Graph has them (appliedConditionalAccessPolicyResult), in words. */
const RESULT_WORDS: ReadonlyMap<string, string> = new Map([
  ['success', 'satisfied'],
  ['failure', 'not satisfied, blocked'],
  ['reportOnlySuccess', 'report only, would be satisfied'],
  ['reportOnlyFailure', 'report only, would block'],
  ['reportOnlyInterrupted', 'report only, would ask for more'],
  ['reportOnlyNotApplied', 'report only, would not apply'],
]);

const SHOWN_POLICIES = 5;

/** The Conditional Access policies that had a say in it, and how many had none. */
export function policyWords(policies: NonNullable<SignInEvent['policies']>): string {
  const without = policies.filter(({ result }) => result === 'notApplied' || result === 'notEnabled').length;
  const applied = policies.filter(({ result }) => result !== 'notApplied' && result !== 'notEnabled');
  const said = applied
    .slice(0, SHOWN_POLICIES)
    .map(({ name, result }) => `${plain(name, 60)}: ${plain(RESULT_WORDS.get(result) ?? result, 40)}`);
  const more = applied.length > SHOWN_POLICIES ? [`${applied.length - SHOWN_POLICIES} more`] : [];
  const others = without > 0 ? [`${without} did not apply`] : [];
  return [...(said.length > 0 ? said : ['none applied']), ...more, ...(said.length > 0 ? others : [])].join('; ');
}
