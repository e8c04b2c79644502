import type { AlertCause } from '../../core/alert/types.ts';
import type { MonitorDifference, MonitorProblem } from '../../core/monitors/difference.ts';
import type { MonitorPart } from '../../core/monitors/parts.ts';
import { textFact } from '../facts.ts';
import { plain } from '../text.ts';
import type { Told } from './alert.ts';

/** What is so, and what it means. */
const PROBLEMS: { readonly [P in MonitorProblem]: (detail: string) => string } = {
  unreadable: () => 'cannot be read',
  'settings-unreadable': () => 'no longer lets me read its diagnostic settings: its logs may go nowhere, and no rule would see anything',
  'processing-unreadable': () =>
    'no longer lets me read its alert processing rules: one of them may take everybody from our alerts, and I would not see it',
  missing: () => 'is not there: it tells nobody anything',
  disabled: () => 'is switched off: it tells nobody anything',
  'account-missing': (account) => `does not name the account ${account}: it can sign in unseen`,
  'other-query': () => 'has another query: it may look past the accounts',
  'other-workspace': () => 'reads another workspace than the logs are sent to: it sees nothing',
  'not-split': (column) => `is not split by ${column}: its alerts do not tell it`,
  'other-rhythm': (rhythm) => `runs every ${rhythm} only: it never looks at what came in between`,
  'other-window': (window) => `counts over ${window} at a time instead of five minutes`,
  'looks-back-less': (time) => `looks back ${time} only: what comes late is never seen`,
  'other-condition': (condition) => `fires on another condition (${condition}): a sign-in may not be enough`,
  waits: (runs) => `fires only if ${runs} runs find something: a single sign-in is told to nobody`,
  'mutes-itself': (time) => `is mute for ${time} after an alert: the next sign-in is told to nobody`,
  'resolves-itself': () => 'resolves its alerts by itself: while one stands, the next sign-in raises none',
  'other-severity': (severity) => `has severity ${severity}: who is called by severity may not be`,
  'no-incident': () => 'makes no incident: nothing follows from its alerts',
  'incidents-grouped': () => 'puts alerts into incidents that are there already: what follows a new incident does not follow them',
  'alerts-grouped': () => 'makes one alert of all rows: who signed in cannot be told from it',
  'detail-missing': (column) => `does not tell ${column} in its alerts`,
  'held-back': (when) => `may take every action group from our alerts (${when}): they fire, and nobody is called`,
  'calls-nobody': () => 'calls no action group: nobody is told',
  'people-not-called': () => 'calls nobody but me: while I am down, nobody is told',
  'bot-not-called': () => 'does not call me by the secure webhook',
  'no-webhook': () => 'has no webhook: I am not called',
  'webhook-elsewhere': (host) => `calls ${host} and not me`,
  'webhook-unsigned': () => 'calls me without a token of Entra: I refuse the call',
  'webhook-other-audience': () => 'asks for the token of another registration or tenant: I refuse the call',
  'webhook-other-schema': () => 'does not use the common alert schema: I cannot read all of it',
  'no-logs': () => 'sends no log to a workspace: no rule sees anything',
  'log-not-sent': (category) => `does not send ${category}: no rule sees it`,
  'logs-elsewhere': (categories) => `sends ${categories} to another workspace: no rule sees it there`,
};

/** Roles of Azure that a part takes, and where (docs/deploying.md). */
const SETTINGS_ROLE = 'Monitoring Reader on /providers/Microsoft.aadiam';
const PROCESSING_ROLE = 'Monitoring Reader on the subscription';

const FILES: { readonly [P in MonitorProblem]?: string } = {
  'no-logs': 'diagnostic-settings.json',
  'log-not-sent': 'diagnostic-settings.json',
  'logs-elsewhere': 'diagnostic-settings.json',
};

/** Of what its name alone does not say what it is. */
const NAMES: { readonly [P in MonitorProblem]?: (name: string) => string } = {
  'held-back': (name) => `The alert processing rule “${name}”`,
  'processing-unreadable': (id) => `The subscription ${id}`,
};

const MOST = 8;

/** What the alert about monitors says: each difference once, with everything it is true of, as many as fit. */
export function tellMonitors({ differences }: Extract<AlertCause, { kind: 'monitors-differ' }>): Told {
  const unreadable = differences.every(({ problem }) => problem === 'unreadable');
  const lines = folded(differences);
  const count = lines.length;
  return {
    title: 'What watches the accounts from Azure is not as shipped',
    state: unreadable ? 'Nobody knows what is there: it cannot be read' : `${count} ${count === 1 ? 'difference' : 'differences'}`,
    facts: [
      ...lines.slice(0, MOST).map((line, index) => textFact(`${index + 1}`, line, 400)),
      ...(lines.length > MOST ? [textFact('And', `${lines.length - MOST} more`)] : []),
    ],
    next: unreadable ? UNREADABLE : nextStep(differences),
    reported: 'Found by reading Azure back.',
    over: 'What watches the accounts from Azure is as shipped again',
  };
}

/** A new account is missing in every rule: that is one line. Names come from Azure, where anybody may have written them: values, never labels (CM-3). */
function folded(differences: readonly MonitorDifference[]): string[] {
  const byWords = new Map<string, string[]>();
  for (const difference of differences) {
    const { what, problem, detail = '', account = detail } = difference;
    const words = PROBLEMS[problem](plain(account, 120));
    const name = difference.in === 'sentinel' ? `Sentinel’s “${plain(what, 90)}”` : (NAMES[problem]?.(plain(what, 60)) ?? plain(what, 60));
    byWords.set(words, [...(byWords.get(words) ?? []), name]);
  }
  return [...byWords].map(([words, [first = '', ...others]]) =>
    others.length === 0 ? `${first} ${words}` : `${first} ${words}. The same: ${others.join(', ')}`,
  );
}

const UNREADABLE =
  'Look at the rules in Azure yourself. Then see that the identity which reads them still holds Monitoring Reader, and that I reach Azure.';

const NOT_DEPLOYED: readonly MonitorProblem[] = ['unreadable', 'settings-unreadable', 'processing-unreadable', 'held-back'];
const RELEASE =
  'switch off the alert processing rule, or leave our rules out of it by a filter: “Alert rule ID” does not contain /scheduledqueryrules/breakglass-';

/** What `status` says of a part that is not seen, and never was. */
export const unseenWords = ({ kind, of }: MonitorPart): string => UNSEEN[kind](of);
const UNSEEN: { readonly [K in MonitorPart['kind']]: (of: string) => string } = {
  'processing-rules': (subscription) =>
    `The alert processing rules of the subscription ${subscription} are not seen: the identity that reads the home tenant lacks ${PROCESSING_ROLE}. When one of them takes every action group from our alerts, nobody is called, and nothing tells of it.`,
  'diagnostic-settings': (tenant) =>
    `The diagnostic settings of ${tenant} are not seen: its reader lacks ${SETTINGS_ROLE}. When its logs go nowhere, the rules in Azure fall silent, and nothing tells of it.`,
};

function nextStep(differences: readonly MonitorDifference[]): string {
  const fileOf = (difference: MonitorDifference) =>
    difference.in === 'sentinel' ? 'sentinel-rules.json' : (FILES[difference.problem] ?? 'alert-rules.json');
  const hidden = differences.filter(({ problem }) => problem === 'settings-unreadable').map(({ what }) => plain(what, 60));
  const has = (wanted: MonitorProblem): boolean => differences.some(({ problem }) => problem === wanted);
  const deployable = differences.filter(({ problem }) => !NOT_DEPLOYED.includes(problem));
  const files = [...new Set(deployable.map(fileOf))].sort();
  const mend = [
    ...(files.length > 0 ? [`run npm run monitors and deploy the ${listed(files)} that it writes`] : []),
    ...(has('held-back') ? [RELEASE] : []),
    ...(hidden.length > 0 ? [`give the reader of ${listed(hidden)} ${SETTINGS_ROLE} again`] : []),
    ...(has('processing-unreadable') ? [`give the identity that reads the home tenant ${PROCESSING_ROLE} again`] : []),
  ].join('; ');
  if (differences.every(({ problem }) => problem === 'account-missing')) {
    return `After a new account that is to be expected: ${mend}. If there was none, somebody may be hiding a sign-in: look at the sign-in log in Entra.`;
  }
  return `If nobody meant it, somebody may be hiding a sign-in: look at the sign-in log in Entra. Then ${mend}.`;
}

const listed = (names: readonly string[]): string => new Intl.ListFormat('en').format(names);
