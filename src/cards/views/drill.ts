import { type Drill, type DrillState, type Hop, LEGS, type Leg, type LegId } from '../../core/drill/types.ts';
import { hopsOf, legOf, missingPushes, passedAt } from '../../core/drill/verdict.ts';
import { type Fact, type Tone, textFact, timeFact } from '../facts.ts';
import { feedName, feedNames } from '../feeds.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';
import { when } from '../time.ts';
import { ASIDE_WORDS, brokenWords, HOP_NAMES, LEG_NAMES, nextOf } from './drillWords.ts';

interface HopRow {
  readonly mark: string;
  readonly color: 'Good' | 'Attention' | 'Default';
  readonly title: string;
  readonly after: string;
}
interface LegBox {
  readonly title: string;
  readonly at: string;
  readonly hasTime: boolean;
  readonly hops: readonly HopRow[];
}

/** All that templates/drill.json names. */
interface DrillView {
  readonly header: Header;
  readonly name: string;
  readonly tenant: string;
  readonly facts: readonly Fact[];
  readonly hasNext: boolean;
  readonly nextTitle: string;
  readonly next: string;
  readonly legs: readonly LegBox[];
  readonly notes: readonly string[];
  readonly canStop: boolean;
  readonly id: string;
}

const render = template<DrillView>('drill');

const TONES: { readonly [S in DrillState]: Tone } = { running: 'accent', passed: 'good', failed: 'attention', stopped: 'emphasis' };

/** A drill as it stands: what is to be done, and how far each of its sign-ins has come by the stopwatch. */
export function drillCard(drill: Drill): Rendered {
  const { state, broken } = drill;
  const words = stateWords(drill);
  const view: DrillView = {
    header: header('Drill of an emergency access account', TONES[state], words),
    name: plain(drill.account),
    tenant: plain(`in ${drill.tenantName}`, 120),
    facts: factsOf(drill),
    hasNext: state === 'running' || broken !== undefined,
    nextTitle: state === 'running' ? 'What to do' : 'What to do now',
    next: broken ? nextOf(broken) : nextStep(drill),
    legs: LEGS.map((id) => legBox(drill, id)),
    notes: [
      ...drill.aside.slice(0, 5).map(({ alertId, why }) => `${alertId}: ${ASIDE_WORDS[why]}.`),
      ...(drill.aside.length > 5 ? [`And ${drill.aside.length - 5} more sign-ins that did not count.`] : []),
      ...drill.unread.map(({ feed }) => `Something came by ${feedName(feed)} that I could not read.`),
      'Alerts stay what they are: a drill labels them and hides nothing.',
      `${drill.id}.`,
    ].map((note) => plain(note)),
    canStop: state === 'running',
    id: plain(drill.id, 40),
  };
  return { card: render(view), summary: plain(`Drill of ${drill.account}: ${words}`, 200) };
}

function stateWords({ state, broken, stoppedBy, legs }: Drill): string {
  switch (state) {
    case 'running':
      return `Announced: ${legs.filter(({ signedInAt }) => signedInAt !== undefined).length} of ${legs.length} sign-ins seen`;
    case 'passed':
      return 'Passed: both sign-ins went all the way to you';
    case 'failed':
      return broken ? `Failed. ${brokenWords(broken)}` : 'Failed';
    case 'stopped':
      return `Stopped by ${plain(stoppedBy?.name ?? 'somebody', 80)}: it proves nothing`;
  }
}

function nextStep({ legs, origin }: Drill): string {
  const from = origin === undefined ? '' : ` from ${plain(origin, 64)}`;
  const [failed, succeeded] = LEGS.map((id) => legs.find((leg) => leg.id === id)?.signedInAt !== undefined);
  const does = failed
    ? succeeded
      ? ''
      : `Now sign in${from} with the right password. `
    : succeeded
      ? `A wrong password${from} is still to be tried once. `
      : `Sign in${from} with a wrong password once, then with the right one. `;
  return `${does}Acknowledge both alerts, as in earnest.`;
}

function factsOf(drill: Drill): Fact[] {
  return [
    timeFact('Announced', drill.startedAt),
    textFact('By', drill.startedBy.name, 80),
    drill.endedAt ? timeFact('Ended', drill.endedAt) : timeFact('Until', drill.endsAt),
    ...(drill.person === undefined ? [] : [textFact('Who signs in', drill.person, 80)]),
    ...(drill.origin === undefined ? [] : [textFact('From', drill.origin, 64)]),
    textFact('Feeds', feedNames([drill.logFeed, ...drill.pushes])),
  ];
}

function legBox(drill: Drill, id: LegId): LegBox {
  const leg = legOf(drill, id);
  const hops = hopsOf(drill);
  const from = leg.signedInAt;
  const firstOpen = hops.find((hop) => passedAt(drill, leg, hop) === undefined);
  return {
    title: LEG_NAMES[id],
    at: from ? when(from) : '',
    hasTime: from !== undefined,
    hops: hops.map((hop) => hopRow(drill, hop, passedAt(drill, leg, hop), from, hop === firstOpen ? missing(drill, leg, hop) : undefined)),
  };
}

/** What a hop waits for: of several pushes, those that have not come (SI-6). */
const missing = (drill: Drill, leg: Leg, hop: Hop): string =>
  hop === 'webhook' && drill.pushes.length > 1 ? feedNames(missingPushes(drill, leg)) : '';

/** @param waitsFor of the hop that comes next */
function hopRow({ state }: Drill, hop: Hop, at: Date | undefined, from: Date | undefined, waitsFor: string | undefined): HopRow {
  const title = HOP_NAMES[hop];
  if (at) return { mark: '✓', color: 'Good', title, after: hop === 'sign-in' || !from ? '' : `+${elapsed(at.getTime() - from.getTime())}` };
  if (state === 'failed' && waitsFor !== undefined)
    return { mark: '✕', color: 'Attention', title, after: `${waitsFor} not in time`.trim() };
  return { mark: '○', color: 'Default', title, after: '' };
}

/** Clocks of two machines may differ: less than nothing is nothing. */
function elapsed(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
