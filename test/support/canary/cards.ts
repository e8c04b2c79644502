import { sql } from 'kysely';
import type { Reads, Store } from '../../../src/app/ports.ts';
import type { Subject } from '../../../src/core/effect.ts';
import { draw } from '../../../src/jobs/draw.ts';
import type { Database } from '../../../src/store/connect.ts';

interface Row {
  readonly subject: Subject;
  readonly variant: string;
  readonly place: string;
}

const placeOf = (key: string) =>
  key === 'channel' ? ({ kind: 'channel' } as const) : ({ kind: 'person', objectId: key.slice('person:'.length) } as const);
const drawn = async (store: Reads, { subject, variant, place }: Row): Promise<string> =>
  JSON.stringify((await draw(store, { subject, variant, place: placeOf(place) }, async () => [])) ?? null);

/** Every card that is owed to anybody, as it is drawn now. */
export async function allCards(database: Database, store: Store): Promise<string[]> {
  const { rows } = await sql<Row>`select subject, variant, place from posted_card`.execute(database.current());
  const texts: string[] = [];
  for (const row of rows) texts.push(await drawn(store, row));
  return texts;
}

/** Cards as they are drawn at one moment after another: a card is drawn as of now, so what one said in between is nowhere else. */
export interface CardsOfLife {
  /** Draws each card of this life whose thing has changed since it was drawn last. */
  look(): Promise<void>;
  readonly texts: ReadonlySet<string>;
}

export async function cardsOfLife(database: Database, store: Store): Promise<CardsOfLife> {
  const { rows: clock } = await sql<{ now: Date }>`select now() as now`.execute(database.current());
  const began = clock[0]?.now ?? new Date(0);
  const texts = new Set<string>();
  const revisions = new Map<string, number>();
  return {
    texts,
    async look() {
      const { rows } = await sql<Row>`
        select subject, variant, place from posted_card where state <> 'sent' and since >= ${began}`.execute(database.current());
      const once = readOnce(store);
      for (const row of rows) {
        const [kind = '', id = ''] = row.subject.split(':');
        const thing = kind === 'request' || kind === 'alert' || kind === 'case' || kind === 'drill' ? kind : 'account';
        const revision = (await once.get(thing, id))?.revision ?? 0;
        // Only a part's card is another for somebody else.
        const card = `${row.subject} ${row.variant} ${kind === 'part' ? row.place : ''}`;
        if (revisions.get(card) === revision) continue;
        revisions.set(card, revision);
        texts.add(await drawn(once, row));
      }
    },
  };
}

/** What dozens of cards of one moment are drawn from is read once. */
function readOnce(store: Store): Store {
  const known = new Map<string, Promise<unknown>>();
  const now = store.now();
  const get: Store['get'] = (kind, id) => {
    const key = `${kind}:${id}`;
    const found = known.get(key) ?? store.get(kind, id);
    known.set(key, found);
    return found as ReturnType<typeof store.get<typeof kind>>;
  };
  return { ...store, get, now: () => now };
}
