import type { Door } from '../../../src/app/dispatch.ts';
import { type EmergencyAccount, partKey } from '../../../src/core/account/types.ts';
import { partContext } from '../../../src/custody/keyFile.ts';
import { person } from '../builders.ts';
import type { Machine } from './machine.ts';
import { fingerprint } from './memoryTenant.ts';
import { live } from './process.ts';
import { approved, SAGAS } from './sagas.ts';

const HOUR = 3_600_000;

/**
 * The parts of a new account, from ready to stored. Their custodians press at the process that may die, and write down what it answers: a part
 * that was shown to nobody is reported as lost, one that nobody opened expires, and either way another password is asked for.
 */
export interface CustodyStory {
  readonly name: string;
  /** How long nobody does anything yet, before the part is opened or stored. */
  readonly sleeps?: (on: Machine, state: 'ready' | 'shown') => number;
  readonly meets: readonly string[];
}

const times = ({ store }: Machine, intent: string): number =>
  store.rows.audit.filter((entry) => entry.intent === intent && entry.refusal === undefined).length;

export const CUSTODY_STORIES: readonly CustodyStory[] = [
  { name: 'opened and stored', meets: ['reveal-part', 'store-part'] },
  {
    name: 'opened, and stored after a reminder',
    sleeps: (on, state) => (state === 'shown' && times(on, 'remind-custodian') === 0 ? 5 * HOUR : 0),
    meets: ['reveal-part', 'remind-custodian', 'store-part'],
  },
  {
    name: 'opened by nobody in time, and made anew',
    sleeps: (on, state) => (state === 'ready' && times(on, 'expire-part') === 0 ? 73 * HOUR : 0),
    meets: ['expire-part', 'raise-alert', 'seal-parts', 'setPassword', 'reveal-part', 'store-part'],
  },
];

/** An account whose plan was carried out just now: its parts are ready. */
export async function handedOut(): Promise<{ readonly on: Machine; readonly accountId: string }> {
  const saga = SAGAS.find(({ name }) => name === 'create');
  if (!saga) throw new Error('no such saga');
  const { machine: on, requestId } = await approved(saga);
  await live(on, { custodians: async () => false });
  const account = [...on.store.rows.account.values()].find((row) => row.requestId === requestId);
  if (account?.state !== 'handover') throw new Error(`the account is ${account?.state}`);
  return { on, accountId: account.id };
}

/** One thing that a custodian, or else the requester, does. @returns whether there was any */
export async function keepParts({ sleeps }: CustodyStory, on: Machine, accountId: string, { dispatch }: Door): Promise<boolean> {
  const account = accountOf(on, accountId);
  for (const { number: partNumber, state, custodian } of account.parts) {
    const key = paperKey(account, partNumber);
    const press = async (wanted: 'reveal-part' | 'store-part' | 'lose-part') => {
      const of = { accountId, partNumber };
      const intent =
        wanted === 'store-part' ? ({ kind: wanted, ...of, location: 'Safe', sealNumber: '' } as const) : { kind: wanted, ...of };
      const outcome = await dispatch(on.actor(custodian.objectId), intent);
      if (!outcome.ok) throw new Error(`${wanted} of part ${partNumber}: ${outcome.error.code}`);
      return outcome.value;
    };
    if (state !== 'ready' && state !== 'shown') continue;
    const ms = sleeps?.(on, state) ?? 0;
    if (ms > 0) on.pass(ms);
    else if (state === 'ready') {
      const { sealed } = await press('reveal-part');
      const context = partContext(partKey(accountId, partNumber), custodian.objectId);
      on.paper.set(key, await on.custody.open(sealed ?? Buffer.of(), context));
    } else if (on.paper.has(key)) await press('store-part');
    else {
      const again = await dispatch(on.actor(custodian.objectId), { kind: 'reveal-part', accountId, partNumber });
      if (again.ok || again.error.code !== 'part-shown')
        throw new Error(`CR-2: part ${partNumber} asked for again: ${again.ok ? 'shown' : again.error.code}`);
      await press('lose-part');
    }
    return true;
  }
  return account.parts.some(({ state }) => state === 'expired' || state === 'lost') && askAnew(on, account);
}

async function askAnew(on: Machine, { id: accountId, parts }: EmergencyAccount): Promise<boolean> {
  const custodians = parts.map(({ custodian }) => custodian.objectId);
  const asked = await on.ask(person('rita').objectId, { operation: 'rotate', accountId, custodians, fewer: true });
  const request = asked.ok ? asked.value.request : undefined;
  if (!request) throw new Error(`another password was refused: ${JSON.stringify(asked)}`);
  for (const who of ['ann', 'bob'] as const)
    await on.press(person(who).objectId, { kind: 'approve-request', requestId: request.id, planDigest: request.planDigest });
  return true;
}

/** Parts that are still there although nobody is to see them any more: looked at after every durable event. */
export const keptTooLong = (on: Machine, accountId: string): string[] =>
  accountOf(on, accountId)
    .parts.filter(({ number, state }) => !['sealed', 'ready'].includes(state) && on.store.rows.sealed.has(partKey(accountId, number)))
    .map(({ number, state }) => `part ${number} is ${state}`);

/** What is not as it must be at the end: every part stored, each on its custodian's paper, and together the password in force. */
export function badCustody(on: Machine, accountId: string): string[] {
  const account = accountOf(on, accountId);
  const papers = account.parts.map(({ number }) => on.paper.get(paperKey(account, number)));
  const opens = papers.every((paper) => paper !== undefined) && fingerprint(Buffer.concat(papers as Buffer[]));
  return [
    ...(account.state === 'in-service' ? [] : [`the account is ${account.state}`]),
    ...account.parts.filter(({ state }) => state !== 'stored').map(({ number, state }) => `part ${number} is ${state}`),
    ...(opens === on.tenant.users.get(account.objectId)?.password ? [] : ['what was written down does not open it']),
    ...[...on.store.rows.sealed.keys()].map((key) => `part ${key} is still sealed`),
  ];
}

function accountOf({ store }: Machine, accountId: string): EmergencyAccount {
  const account = store.rows.account.get(accountId);
  if (!account) throw new Error(`no account ${accountId}`);
  return account;
}

/** A part of one password: another one is written on another paper. */
const paperKey = ({ id, generation = 1 }: EmergencyAccount, number: number): string => `${partKey(id, number)}:${generation}`;
