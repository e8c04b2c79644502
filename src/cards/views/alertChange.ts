import type { ChangeTarget, DirectoryChange } from '../../core/alert/change.ts';
import { actorWords, type ChangeCause, changeWords } from '../changeWords.ts';
import { codeFact, type Fact, textFact, timeFact } from '../facts.ts';
import { feedNames } from '../feeds.ts';
import { plain } from '../text.ts';
import type { Told } from './alert.ts';

const SHOWN_TARGETS = 4;
const SHOWN_PROPERTIES = 4;
const SHOWN_MORE = 12;

/** What a change says on an alert's card. */
export function tellChange(cause: ChangeCause): Told {
  const { change, feeds } = cause;
  const { title, next } = changeWords(cause);
  const optional = (label: string, value: string | undefined): Fact[] =>
    value === undefined || value === '' ? [] : [textFact(label, value, 200)];
  return {
    title,
    state: stateOf(cause),
    facts: [
      timeFact('When', change.changedAt),
      textFact('By', actorWords(change), 160),
      ...optional('From', change.actor.ipAddress),
      textFact('Activity', change.activity, 160),
      ...optional('On', targetsOf(change)),
      ...propertiesOf(change).map((words) => textFact('Changed', words, 240)),
      ...optional('Reason', change.reason),
      ...moreOf(cause),
    ],
    next,
    reported: `Seen by ${feedNames(feeds)}.`,
  };
}

/** What the same request did besides. */
function moreOf({ origin, more = [] }: ChangeCause): Fact[] {
  if (origin.by !== 'request') return [];
  const shown = more
    .slice(0, SHOWN_MORE)
    .map(({ activity, on }) => textFact('And', on === '' ? activity : `${plain(activity, 90)} on ${plain(on, 90)}`, 200));
  const left = more.length - shown.length;
  return [...shown, ...(left > 0 ? [textFact('And', `${left} more`)] : []), codeFact('Request', origin.requestId)];
}

function stateOf({ change, origin }: ChangeCause): string {
  if (origin.by === 'request') return `Caused by request ${origin.requestId}, as approved`;
  if (origin.by === 'changer') return 'Done with Breakglass’s own identity, and no request accounts for it';
  const by = actorWords(change);
  if (change.result === 'failure') return `Tried by ${by}, and refused`;
  return change.result === 'success' ? `Done by ${by}` : `By ${by}; the log does not say whether it succeeded`;
}

function targetsOf({ targets }: DirectoryChange): string {
  const said = targets.slice(0, SHOWN_TARGETS).map((target) => plain(nameOf(target), 60));
  const more = targets.length > SHOWN_TARGETS ? ` and ${targets.length - SHOWN_TARGETS} more` : '';
  return said.join(', ') + more;
}

/** Of a resource of Azure its path says most at its end. */
function nameOf({ id, name, userPrincipalName, type }: ChangeTarget): string {
  const said = userPrincipalName ?? name ?? (id.includes('/') ? id.split('/').slice(-2).join('/') : id);
  return type === '' || type === 'Resource' ? said : `${said} (${type})`;
}

/** The first repeats names; of the second, a policy written out whole before and after, a line shows twice the same beginning. */
const UNTOLD: ReadonlySet<string> = new Set(['Included Updated Properties', 'ConditionalAccessPolicy']);

function propertiesOf({ targets }: DirectoryChange): string[] {
  const all = targets.flatMap(({ properties }) => properties);
  const told = all.filter(({ name }) => !UNTOLD.has(name));
  const said = told.slice(0, SHOWN_PROPERTIES).map(({ name, before, after }) => `${plain(name, 60)}: ${value(before)} → ${value(after)}`);
  return told.length > SHOWN_PROPERTIES ? [...said, `and ${told.length - SHOWN_PROPERTIES} more`] : said;
}

const value = (text: string | undefined): string => (text === undefined || text === '' ? 'nothing' : plain(text, 70));
