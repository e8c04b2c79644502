import { readdirSync, readFileSync } from 'node:fs';
import { EXAMPLES } from './catalogue.ts';
import { goldenFile } from './golden.ts';
import { faultsOf } from './rules.ts';
import { nodesOf } from './walk.ts';

describe.each(EXAMPLES.map((example) => ({ name: `${example.card}.${example.state}`, example })))('$name', ({ example }) => {
  test('equals its golden file (npm run cards writes it anew)', () => {
    expect(example.rendered).toEqual(JSON.parse(readFileSync(goldenFile(example), 'utf8')));
  });

  test('is a valid card of version 1.5 that Teams takes', () => {
    expect(faultsOf(example.rendered.card)).toEqual([]);
    expect(example.rendered.summary.length).toBeGreaterThan(0);
  });
});

test('there is a golden file for every example and no other', () => {
  const files = readdirSync(new URL('./golden/', import.meta.url)).sort();
  expect(files).toEqual(EXAMPLES.map(({ card, state }) => `${card}.${state}.json`).sort());
});

test('every template and view is in the catalogue', () => {
  const cards = new Set(EXAMPLES.map(({ card }) => card));
  const pieces = new Set([
    'list',
    'banner',
    'requestParts',
    'requestGiveUp',
    'requestOutcome',
    'requestWords',
    'drillWords',
    'halfWayWords',
    'monitorWords',
    'partReplaced',
    'partWords',
    'accountFormWords',
    'accountHarm',
    'createFormWords',
    'keyWords',
    'ledgerRows',
    'alertChange',
    'alertCondition',
    'alertCredential',
    'auditWords',
  ]);
  const files = ['templates', 'views'].flatMap((folder) => readdirSync(new URL(`../../src/cards/${folder}/`, import.meta.url)));
  const names = files.map((file) => file.replace(/\.(json|ts)$/, '')).filter((name) => name !== 'fragments' && !pieces.has(name));
  expect([...new Set(names)].filter((name) => !cards.has(name))).toEqual(
    ['accountList', 'alertList', 'requestList'].filter((name) => !cards.has(name)),
  );
});

describe('buttons', () => {
  const actionsOf = (state: string) => {
    const example = EXAMPLES.find(({ card, state: own }) => `${card}.${own}` === state);
    return nodesOf(example?.rendered.card).filter(
      ({ node }) => typeof verbOf(node) === 'string' && String(node.type).startsWith('Action.'),
    );
  };
  /** What opens a dialog has its verb in its data. */
  const verbOf = ({ verb, data }: { verb?: unknown; data?: { verb?: unknown } }) => verb ?? data?.verb;
  const verbs = (state: string) => actionsOf(state).map(({ node }) => verbOf(node));

  test('a pending request offers Approve and Deny to everybody, Withdraw to its requester only', () => {
    expect(verbs('request.pending')).toEqual(['request.plan', 'request.approve', 'request.deny']);
    expect(verbs('request.pending-new')).toEqual(['request.plan', 'request.approve', 'request.deny', 'request.refresh']);
    expect(verbs('request.pending-requester')).toEqual([
      'request.plan',
      'request.approve',
      'request.deny',
      'request.edit',
      'request.withdraw',
      'request.refresh',
    ]);
  });

  test('a closed request offers nothing but its plan, a failed one Try again', () => {
    for (const state of ['running', 'applied', 'denied', 'withdrawn', 'expired'])
      expect(verbs(`request.${state}`)).toEqual(['request.plan']);
    // Nothing is written yet.
    expect(verbs('request.approved')).toEqual(['request.plan', 'request.deny']);
    expect(verbs('request.failed')).toEqual(['request.plan', 'request.retry']);
  });

  test('Approve is not blocked by the reason a denial needs; the denial collects it', () => {
    const [, approve, deny] = actionsOf('request.pending');
    expect(approve?.node).toMatchObject({ associatedInputs: 'none', style: 'positive' });
    expect(deny?.node.associatedInputs).toBeUndefined();
    expect(deny?.path).toContain('.card.actions');
  });

  test('a button carries an id and a digest, and no authority', () => {
    for (const { rendered } of EXAMPLES)
      for (const { node } of nodesOf(rendered.card)) {
        if (typeof node.type !== 'string' || !node.type.startsWith('Action.') || node.data === undefined) continue;
        expect(Object.keys(node.data as object).filter((key) => !['id', 'digest', 'verb', 'msteams'].includes(key))).toEqual([]);
      }
  });

  test('an explained alert, a closed case and a finished validation ask for nothing more', () => {
    expect(verbs('alert.classified')).toEqual([]);
    expect(verbs('case.closed')).toEqual([]);
    expect(verbs('validation.done')).toEqual([]);
    expect(verbs('alert.signed-in')).toEqual(['alert.acknowledge']);
  });

  test('what needs a new password has the button that asks for one, and never in the place of Acknowledge', () => {
    for (const state of ['account-unusable', 'part-expired', 'part-lost', 'password-given-up'])
      expect(verbs(`alert.${state}`)).toEqual(['alert.acknowledge', 'account.rotate']);
    expect(verbs('alert.part-lost-acknowledged')).toEqual(['account.rotate']);
    // Asked for already, or by a request that waits for the part: a second one would be refused.
    for (const state of ['part-lost-asked', 'part-awaited']) expect(verbs(`alert.${state}`)).toEqual(['alert.acknowledge']);
    expect(verbs('alert.part-lost-mended')).toEqual([]);
    for (const state of ['account.part-lost', 'account.part-expired', 'partReminder.lost'])
      expect(verbs(state)).toEqual(['account.rotate']);
    // Of a custodian nothing is needed.
    for (const state of ['part.lost', 'part.expired', 'account.in-service']) expect(verbs(state)).not.toContain('account.rotate');
    const primary = (state: string) => actionsOf(state).filter(({ node }) => node.style === 'positive').length;
    for (const state of ['alert.part-lost', 'alert.part-lost-acknowledged', 'account.part-lost', 'partReminder.lost'])
      expect(primary(state)).toBe(1);
  });

  test('what was acknowledged asks what it was; a case asks for its next step only', () => {
    expect(verbs('alert.acknowledged')).toEqual(['alert.classify']);
    expect(verbs('alert.request-failed')).toEqual(['alert.acknowledge']);
    expect(verbs('case.opened')).toEqual(['case.sessions']);
    expect(verbs('case.waits-for-password')).toEqual(['account.rotate']);
    expect(verbs('case.to-review')).toEqual(['case.review']);
  });
});
