import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { Lookup } from '../../src/app/ports.ts';
import { accountShow } from '../../src/bot/actions/accountShow.ts';
import { runbookPrint } from '../../src/bot/actions/runbookPrint.ts';
import type { Role } from '../../src/core/people.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { type RunbookLinks, runbookLinks } from '../../src/paper/issue.ts';
import { actor, anAccount, minutes, NOON, person } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';
import { pdfText } from '../support/pdfText.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const ID = anAccount().id;
let store: MemoryStore;
let server: HttpServer;
let origin: string;
let links: RunbookLinks;
let found: Lookup;

const front = () => door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
beforeAll(async () => {
  const open: RunbookLinks['open'] = (ticket, paper) => links.open(ticket, paper);
  server = createHttpServer({
    messages: async () => ({ status: 200 }),
    signals: {},
    runbook: { open },
    ready: async () => true,
    log: quiet,
  });
  origin = `http://127.0.0.1:${(await server.listen(0, '127.0.0.1')).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  store = memoryStore(NOON);
  store.put('account', anAccount());
  found = { ok: true, person: person('oona'), roles: new Set<Role>() };
  links = runbookLinks({
    store,
    door: front(),
    people: { lookUp: async () => found },
    publicUrl: () => origin,
    cloud: 'global',
    tenant: () => ({ kind: 'workforce' }),
    log: quiet,
  });
});

type Where = 'personal' | 'channel';
const press = (name: 'oona' | 'fay', where: Where = 'personal', runbook: RunbookLinks | undefined = links) => {
  const asker = { actor: actor(name), mri: '29:x', where, signal: new AbortController().signal };
  return runbookPrint.run({ accountId: ID }, { asker, door: front(), runbook });
};
async function linkFor(name: 'oona'): Promise<string> {
  const pressed = await press(name);
  const url = /"url":"(http[^"?]+)"/.exec(JSON.stringify(pressed))?.[1];
  if (!url) throw new Error(JSON.stringify(pressed));
  return url;
}

describe('a link to the runbook card', () => {
  test('gives the card once, as a PDF that nobody keeps, and the account remembers it', async () => {
    const url = await linkFor('oona');
    const response = await fetch(`${url}?paper=letter`);
    expect([response.status, Object.fromEntries(response.headers)]).toEqual([
      200,
      expect.objectContaining({
        'content-type': 'application/pdf',
        'content-disposition': `inline; filename="runbook-${ID}.pdf"`,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      }),
    ]);
    const pdf = Buffer.from(await response.arrayBuffer());
    expect(pdfText(pdf).text).toContain('Dana Diaz');
    expect(pdf.toString('latin1')).toContain('[0 0 612 792]');
    expect(store.rows.account.get(ID)?.runbook?.by).toBe('Oona Olsen');
    // What lies in the database opens nothing, and the second use is a page that says nothing of anybody.
    const again = await fetch(url);
    expect([again.status, again.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    expect(await again.text()).not.toMatch(/north\.harbor|Oona|EA-/);
  });

  test('of two browsers with the same link one gets it', async () => {
    const url = await linkFor('oona');
    const statuses = (await Promise.all([fetch(url), fetch(url), fetch(url)])).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  test('is over after five minutes, or when whoever asked has no right any more', async () => {
    const late = await linkFor('oona');
    store.setClock(minutes(5));
    expect((await fetch(late)).status).toBe(400);
    const gone = await linkFor('oona');
    found = { ok: false, why: 'disabled' };
    expect((await fetch(gone)).status).toBe(403);
    expect(store.rows.account.get(ID)?.runbook).toBeUndefined();
  });

  test('keeps only the hash of the ticket', async () => {
    const ticket = (await linkFor('oona')).slice(-43);
    const [kept] = store.rows.runbookTickets.keys();
    expect(kept).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify([...store.rows.runbookTickets.values(), ...store.rows.audit])).not.toContain(ticket);
  });

  test('HT-1: exactly its own form is there, for GET', async () => {
    const url = await linkFor('oona');
    const ticket = url.slice(-43);
    for (const path of [
      '/runbook',
      '/runbook/',
      '/runbook/:ticket',
      `/runbook/${ticket}x`,
      `/runbook/${ticket}/`,
      `/runbook/${ticket.slice(1)}`,
    ])
      expect({ path, status: (await fetch(origin + path)).status }).toEqual({ path, status: 404 });
    for (const method of ['POST', 'HEAD', 'PUT']) expect((await fetch(url, { method })).status).toBe(405);
    expect((await fetch(url)).status).toBe(200);
  });
});

describe('who is given a link', () => {
  test('only who may have the card, in a personal chat, where there is an address', async () => {
    expect(await press('fay')).toMatchObject({ refusal: { code: 'no-runbook', why: 'not-yours' } });
    expect(await press('oona', 'channel')).toMatchObject({ refusal: { code: 'no-runbook', why: 'in-channel' } });
    const asker = { actor: actor('oona'), mri: '29:x', where: 'personal' as const };
    expect(await runbookPrint.run({ accountId: ID }, { asker, door: front(), runbook: undefined })).toMatchObject({
      refusal: { code: 'no-runbook', why: 'no-address', accountId: ID },
    });
    expect(store.rows.runbookTickets.size).toBe(0);
  });
});

describe('what is seen of custody', () => {
  const seen = async (name: 'oona' | 'dana' | 'ann' | 'cy', where: Where, roles?: readonly Role[]) => {
    const asker = { actor: actor(name, roles), mri: '29:x', where };
    const text = JSON.stringify(await accountShow.run({ accountId: ID }, { asker, store }));
    return [text.includes('safe A'), text.includes('"title":"Custody ledger"'), text.includes('runbook.print')];
  };
  beforeEach(() => {
    const history = [{ at: NOON, part: 1, custodian: person('dana'), what: 'stored', location: 'safe A' }] as const;
    store = memoryStore(NOON);
    store.put('account', anAccount({ history }));
  });

  test.each<[string, Parameters<typeof seen>, boolean[]]>([
    ['an owner', ['oona', 'personal'], [true, true, true]],
    ['an auditor', ['ann', 'personal', ['auditor']], [true, true, false]],
    ['an administrator', ['cy', 'personal', ['administrator']], [true, true, true]],
    ['a custodian of it', ['dana', 'personal'], [false, false, true]],
    ['an approver', ['ann', 'personal', ['approver']], [false, false, false]],
    ['an owner in the channel', ['oona', 'channel'], [false, false, false]],
    ['an administrator in the channel', ['cy', 'channel', ['administrator']], [false, false, false]],
  ])('%s', async (_who, asked, expected) => {
    expect(await seen(...asked)).toEqual(expected);
  });
});
