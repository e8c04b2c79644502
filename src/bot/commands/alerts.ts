import type { Reads } from '../../app/ports.ts';
import { words } from '../../cards/refusals.ts';
import { alertCard } from '../../cards/views/alert.ts';
import { alertListCard } from '../../cards/views/alertList.ts';
import { caseCard } from '../../cards/views/case.ts';
import type { PersonRef } from '../../core/people.ts';
import { ok } from '../../core/result.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import { card, say } from '../needs.ts';
import { readable } from '../reading.ts';

const MOST = 100;

interface Needs {
  readonly asker: Asker;
  readonly store: Pick<Reads, 'get' | 'openAlerts' | 'unclassifiedAlerts' | 'openCases' | 'now'>;
}

const owned = ({ owners }: { readonly owners: readonly PersonRef[] }): readonly PersonRef[] => owners;

export const alerts: CommandDef<{ readonly id: string }, Needs> = {
  word: 'alerts',
  usage: 'alerts [id]',
  summary: 'What still needs somebody: open alerts and cases. With an id, one of them with all I know.',
  parse: (id) => ok({ id: id.toUpperCase() }),
  async run({ id }, { asker, store }) {
    const now = await store.now();
    if (id === '') {
      const [open, unclassified, cases] = await Promise.all([
        store.openAlerts(MOST),
        store.unclassifiedAlerts(MOST),
        store.openCases(MOST),
      ]);
      const found = readable(asker.actor, [...open, ...unclassified], owned);
      const foundCases = readable(asker.actor, cases, owned);
      if (!found.ok && !foundCases.ok) return say(words(found.error));
      return card(alertListCard(found.ok ? found.value : [], foundCases.ok ? foundCases.value : []));
    }
    const useCase = await store.get('case', id);
    const alert = useCase ? undefined : await store.get('alert', id);
    const one = readable(
      asker.actor,
      [useCase, alert].filter((each) => each !== undefined),
      owned,
    );
    if (!one.ok) return say(words(one.error));
    if (useCase) return card(caseCard(useCase, now));
    return alert ? card(alertCard(alert, now)) : say(words({ code: 'not-found', what: 'alert', called: id }));
  },
};
