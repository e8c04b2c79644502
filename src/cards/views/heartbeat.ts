import { codeFact, textFact, timeFact } from '../facts.ts';
import { header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { headText } from './auditWords.ts';

const render = template<{
  readonly header: ReturnType<typeof header>;
  readonly facts: readonly ReturnType<typeof textFact>[];
  readonly notes: readonly string[];
}>('heartbeat');

export interface HeartbeatInput {
  readonly at: Date;
  readonly everySeconds: number;
  readonly openAlerts: number;
  readonly silentFeeds: number;
  readonly feeds: number;
  readonly audit: { readonly size: number; readonly root: string };
}

/** The one card that shows that alerts would arrive here: updated with every heartbeat, so that it tells nobody anything at three in the morning. */
export function heartbeatCard({ at, everySeconds, openAlerts, silentFeeds, feeds, audit }: HeartbeatInput): Rendered {
  const state = silentFeeds > 0 ? `${silentFeeds} of ${feeds} feeds are silent` : 'Alerts reach this channel';
  const minutes = Math.max(1, Math.round(everySeconds / 60));
  const card = render({
    header: header('Breakglass is watching', silentFeeds > 0 ? 'attention' : 'good', state),
    facts: [
      timeFact('Last proof', at),
      textFact('Open alerts', openAlerts === 0 ? 'none' : `${openAlerts}`),
      textFact('Feeds', feeds === 0 ? 'no account to watch yet' : `${feeds - silentFeeds} of ${feeds} are heard`),
      // Told outside of the database, where nobody who has that can change it (DA-1).
      codeFact('Audit log', headText(audit)),
    ],
    notes: [
      `I renew this card every ${minutes === 1 ? 'minute' : `${minutes} minutes`}, on the way every alert takes. If its time is old, alerts do not arrive. Pin it.`,
    ],
  });
  return { card, summary: `Breakglass is watching: ${state}` };
}
