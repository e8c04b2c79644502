import { type Drill, HOPS } from './types.ts';
import { hopsOf, passedAt } from './verdict.ts';

/** What the audit log keeps of a drill: what it came to, and for each leg the milliseconds from the sign-in to every hop it passed. */
export function evidenceOf(drill: Drill): Readonly<Record<string, string | number>> {
  const measured = drill.legs.flatMap((leg) => {
    const { signedInAt } = leg;
    if (!signedInAt) return [];
    return hopsOf(drill).flatMap((hop) => {
      const at = hop === HOPS[0] ? undefined : passedAt(drill, leg, hop);
      return at ? [[`${leg.id}.${hop}.ms`, at.getTime() - signedInAt.getTime()] as const] : [];
    });
  });
  return {
    account: drill.accountId,
    state: drill.state,
    ...(drill.broken ? { broken: drill.broken.hop, leg: drill.broken.leg } : {}),
    ...Object.fromEntries(measured),
  };
}
