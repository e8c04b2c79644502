import type { Alert } from '../core/alert/types.ts';
import type { NotifyWhy } from '../core/effect.ts';
import { plain } from './text.ts';
import { utc } from './time.ts';
import { nameIn, overTitle, tell } from './views/alert.ts';
import { askedWords, mendedWords } from './views/alertCredential.ts';

/** What is said of an alert where no card can be: a subject, and one fact a line, instants in UTC. */
export interface PlainAlert {
  readonly subject: string;
  readonly lines: readonly string[];
}

const WHY: { readonly [W in NotifyWhy]: string } = {
  raised: 'You get this because the Teams channel, or the record, cannot be relied on.',
  undelivered: 'You get this because the card could not be brought to the Teams channel in time.',
  unacknowledged: 'You get this because nobody has acknowledged the card in the Teams channel.',
  acknowledged: 'Somebody has acknowledged it. Nothing is needed of you.',
  over: 'It has ended by itself. Nothing is needed of you.',
};
const MENDED = 'What this alert asked for is done. Nothing is needed of you.';
const MARKS: { readonly [W in NotifyWhy]?: string } = { acknowledged: 'Acknowledged', over: 'Over' };

/** The card's own words, as text: what happened first, then what to do. Text of people and feeds is made visible and bounded, as on cards. */
export function plainAlert(alert: Alert, why: NotifyWhy): PlainAlert {
  const told = tell(alert.cause, alert.account);
  const over = why === 'over' && (told.over !== undefined || alert.mended !== undefined);
  const mended = over ? mendedWords(alert) : undefined;
  const account = alert.account ?? nameIn(alert.cause);
  const replaced = over && alert.replaced === true;
  const mark = replaced ? 'Replaced' : (MARKS[why] ?? alert.severity.toUpperCase());
  const title = over ? overTitle(alert, told) : told.title;
  return {
    subject: plain(`[Breakglass] ${mark}: ${title}${account === undefined ? '' : ` – ${account}`}`, 200),
    lines: [
      title,
      ...(mended ? [plain(mended)] : over ? [] : [plain(told.state)]),
      ...(account === undefined ? [] : [`Account: ${plain(account)}`]),
      ...(alert.tenantName === undefined ? [] : [`Tenant: ${plain(alert.tenantName, 120)}`]),
      ...told.facts.filter(({ isTime }) => !isTime).map(({ label, value }) => `${label}: ${value}`),
      `Raised: ${utc(alert.raisedAt)}`,
      ...(why === 'acknowledged' && alert.acknowledgedBy ? [`Acknowledged by: ${plain(alert.acknowledgedBy.name, 80)}`] : []),
      ...(why === 'acknowledged' || why === 'over' ? [] : [`What to do now: ${alert.asked ? askedWords(alert.asked) : told.next}`]),
      replaced ? 'A newer alert has taken its place: look there.' : mended ? MENDED : WHY[why],
      `Alert ${plain(alert.id, 40)}`,
    ],
  };
}
