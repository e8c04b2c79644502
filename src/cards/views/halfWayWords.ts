import { type HalfWay, isCertain, leavesNoPassword, type Staying } from '../../core/request/stays.ts';
import { plain } from '../text.ts';

/** What was done and stays, a line each. */
export const stayingLines = (stays: readonly Staying[]): string[] =>
  stays.map(({ title, perhaps }) => (perhaps ? `Perhaps: ${plain(title, 450)}` : plain(title, 460)));

/** The same in one line, of a long one the beginning. */
export function stayingWords(stays: readonly Staying[]): string {
  const lines = stayingLines(stays).map((line) => plain(line, 100));
  const [shown, more] = [lines.slice(0, MOST_IN_A_LINE), lines.length - MOST_IN_A_LINE];
  return more > 0 ? `${shown.join('; ')}; and ${more} more` : shown.join('; ');
}

const MOST_IN_A_LINE = 4;

/** How the account stands after a request was given up half-way, and what to say next: words a person can type at 3 a.m. */
export function nextAfterHalfWay(halfWay: HalfWay): string {
  const { operation, userPrincipalName, stays } = halfWay;
  const name = plain(userPrincipalName);
  const maybe = (step: Staying['step'], is: string, may: string): string => (isCertain(stays, step) ? is : may);
  switch (operation) {
    case 'rotate':
    case 'handover':
      return leavesNoPassword(halfWay)
        ? `${maybe('set-credential', 'Nobody can use', 'It may be that nobody can use')} ${name} now. Say rotate ${name} to ask for a new password.`
        : `What opened the account before may be gone, so what was made in its place stays and counts. Say accounts ${name} to see how it stands.`;
    case 'disable':
      return `${name} ${maybe('disable', 'is', 'may be')} disabled. ${isCertain(stays, 'revoke-sessions') ? '' : 'Sessions of it may still be open: revoke them in Entra. '}Say enable ${name} when it is to be used again.`;
    case 'retire':
      return isCertain(stays, 'delete-user')
        ? `The user is deleted; look in Entra that it is gone.`
        : `${name} cannot be relied on as it stands. Say retire ${name} to finish it, or posture to see what it lacks.`;
    case 'exclude':
    case 'repair': {
      const removed = stays.some(({ step }) => step === 'remove-method') && !isCertain(stays, 'revoke-sessions');
      return `Each change is right by itself. ${removed ? `Whoever used what was removed may still be signed in: revoke the sessions of ${name} in Entra. ` : ''}Say posture to see what is still missing.`;
    }
    case 'create':
    case 'enable':
      return `Look at ${name} in Entra.`;
  }
}
