import type { RunbookContent } from '../core/account/runbook.ts';
import { digestOf, digestWords } from '../core/digest.ts';
import { type PaperCloud, portalsOf, type TenantKind } from './portals.ts';
import { printable } from './printable.ts';
import { FONT, type Paper, Sheet } from './sheet.ts';

/** What the card says beside the account's own record. */
export interface RunbookFrame {
  readonly kind: TenantKind;
  readonly cloud: PaperCloud;
  readonly paper: Paper;
  readonly printedAt: Date;
  readonly printedBy: string;
}

/** Custodians first. More do not fit; the owners stand on the front as well. */
const MOST_PEOPLE = 8;

/** What is said of a password in parts and of security keys. */
const WORDS = {
  password: {
    holds: 'PART',
    one: 'part',
    promise: 'No password is on this sheet, and nothing on it needs Breakglass or Teams.',
    where: 'Everything below works when both are gone. Whoever reads it learns where the parts are: keep it as you keep them.',
    factor: 'Every one of them asks for a second factor: a password alone does not open it.',
    replaced: 'Password replaced on',
  },
  keys: {
    holds: 'KEY',
    one: 'key',
    promise: 'No PIN is on this sheet, and nothing on it needs Breakglass or Teams.',
    where: 'Everything below works when both are gone. Whoever reads it learns where the keys are: keep it as you keep them.',
    factor: 'A security key with its PIN opens every one of them; no password is needed, and nobody has one.',
    replaced: 'Keys replaced on',
  },
} as const;
const wordsOf = ({ account }: RunbookContent) => WORDS[account.credential === 'passkey' ? 'keys' : 'password'];

const STATES: Readonly<Record<string, string>> = {
  provisioning: 'NOT IN SERVICE. The account is still being set up: this card is not good for an emergency.',
  handover: 'NOT IN SERVICE YET. Not every part of the password is confirmed as stored: print this card again when it is.',
  disabled: 'DISABLED. The account cannot sign in until another administrator enables it.',
  retired: 'RETIRED. The account is deleted: destroy this card and every part.',
};

/** Letters as large as fit on the two pages, whatever people wrote; the last is taken in any case. */
const SCALES = [1.16, 1.08, 1, 0.92, 0.84, 0.76, 0.68] as const;

/** The card as a PDF of two pages, without any secret: nothing that is given in here has one. */
export async function runbookPdf(content: RunbookContent, frame: RunbookFrame): Promise<Buffer> {
  const { account, tenant } = content;
  const name = printable(account.userPrincipalName).text;
  const draw = (scale: number): Sheet => {
    const sheet = new Sheet(frame.paper, scale, `Emergency access runbook: ${name}`, frame.printedAt);
    front(sheet, content, frame);
    sheet.page();
    back(sheet, content, frame);
    return sheet;
  };
  const [largest, ...smaller] = SCALES;
  let sheet = draw(largest);
  for (const scale of smaller) if (sheet.overflow) sheet = draw(scale);
  const digest = digestOf(content);
  const printed = frame.printedAt.toISOString().slice(0, 16).replace('T', ' ');
  return sheet.end((page, of) => [
    digestWords(digest),
    `Page ${page} of ${of}`,
    `SHA-256 of the content ${digest}`,
    `${name} · ${printable(tenant.name, 60).text} · printed ${printed} UTC for ${printable(frame.printedBy, 40).text}`,
  ]);
}

function front(sheet: Sheet, content: RunbookContent, { printedAt }: RunbookFrame): void {
  const { account, tenant, parts, owners } = content;
  const said = wordsOf(content);
  const keyed = account.credential === 'passkey';
  const { text: name } = printable(account.userPrincipalName);
  sheet.rule(4);
  sheet.gap(9);
  sheet.edges('EMERGENCY ACCESS RUNBOOK', dayOf(printedAt));
  sheet.text(name, { font: FONT.bold, size: sheet.fitting(name, FONT.bold, 22, 9) });
  sheet.text(printable(tenant.name).text, { size: 13 });
  sheet.gap(7);
  sheet.facts([
    ['Sign-in name', name, FONT.code],
    ['Object id', account.objectId, FONT.code],
    ['Tenant id', tenant.id, FONT.code],
    ['Owners', printable(owners.map((owner) => owner.name).join(', '), 200).text],
    ['This card', digestWords(digestOf(content)), FONT.code],
  ]);
  sheet.gap(4);
  const state = STATES[account.state];
  if (state !== undefined) {
    sheet.banner(state);
    sheet.gap(7);
  }
  sheet.framed(said.promise, said.where);
  sheet.gap(9);
  sheet.heading('Who holds what');
  sheet.table(
    [
      { title: said.holds, share: 8, font: FONT.bold },
      { title: 'CUSTODIAN', share: 27, font: FONT.bold },
      { title: 'SAFE OR PLACE', share: 42 },
      { title: 'SEAL', share: 17 },
    ],
    [
      ...parts.map(partRow),
      keyed
        ? ['PIN', '\nof each key, kept apart from it: write in where', '', '']
        : ['Key', '\nsecurity key, the second factor: write in who has it and where', '', ''],
    ],
    23,
  );
  sheet.gap(9);
  sheet.heading('In the emergency');
  sheet.steps(keyed ? emergencyWithKeys(name) : emergency(parts.length, name));
}

function partRow(part: RunbookContent['parts'][number]): readonly string[] {
  const [custodian, place, seal] = [printable(part.custodian, 80), printable(part.location, 200), printable(part.sealNumber, 60)];
  const where = place.text === '' ? '\nplace not on record: write it in' : byHand(place);
  const sealed = `${seal.text || '–'}${part.since === '' ? '' : `\nsince ${part.since}`}`;
  return [String(part.number), byHand(custodian), part.stored ? where : 'NOT STORED YET', sealed];
}

const dayOf = (at: Date): string => at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** A text of which a letter could not be printed says so, and leaves it to the pen. */
const byHand = ({ text, whole }: { readonly text: string; readonly whole: boolean }): string =>
  whole ? text : `${text}\nnot all of it can be printed: complete it by hand`;

function emergency(count: number, name: string): readonly (readonly [string, string])[] {
  const order = Array.from({ length: count }, (_, index) => index + 1).join(' – ');
  return [
    DECIDE,
    [
      'Bring the custodians together',
      `with their sealed envelopes, in one room if you can. Telephone numbers are overleaf. Check each seal number against the table and write down a seal that is broken.`,
    ],
    COMPUTER,
    [
      `Sign in as ${name}.`,
      `The password is the parts one after another, in the order ${order}, with nothing between them. Each custodian types their own part; nobody reads one aloud.`,
    ],
    [
      'Have the second factor ready.',
      'A password alone does not open the portals: Microsoft asks for a second factor there. Use the security key that is registered on this account.',
    ],
    MEND,
    ['Sign out,', 'close the window, and keep the opened envelopes: go on overleaf, “Afterwards”.'],
  ];
}

const DECIDE = [
  'Decide, two of you.',
  'Nothing else gets you in, and it cannot wait. Write down the time, who is here and why (overleaf). Signing in raises an alarm: that is meant to be.',
] as const;
const COMPUTER = [
  'Use a computer you trust,',
  'in a private browser window, and open one of the addresses overleaf. They hold the tenant id, so that you end in the right tenant.',
] as const;
const MEND = [
  'First mend what keeps people out,',
  'and nothing else: for example set the Conditional Access policy at fault to report-only, or give a named administrator their role back. Then let them go on under their own name.',
] as const;

function emergencyWithKeys(name: string): readonly (readonly [string, string])[] {
  return [
    DECIDE,
    [
      'Fetch one key and its PIN.',
      'Any one of the keys opens the account alone. Telephone numbers are overleaf. Check its seal number against the table and write down a seal that is broken.',
    ],
    COMPUTER,
    [
      `Sign in as ${name}.`,
      'Choose “Face, fingerprint, PIN or security key” instead of a password, plug the key in, type its PIN and touch it. The second of you watches.',
    ],
    ['It does not take the key?', 'Do not guess the PIN: after eight wrong ones the key is dead. Fetch the next key of the table.'],
    MEND,
    ['Sign out,', 'close the window, and keep the opened envelope: go on overleaf, “Afterwards”.'],
  ];
}

function back(sheet: Sheet, content: RunbookContent, { cloud, kind }: RunbookFrame): void {
  const { account, tenant, parts, owners } = content;
  const said = wordsOf(content);
  sheet.rule(4);
  sheet.gap(9);
  sheet.text('Where to sign in', { font: FONT.bold, size: 12 });
  sheet.gap(3);
  sheet.table(
    [
      { title: 'PORTAL', share: 27, font: FONT.bold },
      { title: 'ADDRESS OR COMMAND', share: 67, font: FONT.code },
    ],
    portalsOf(cloud, kind, tenant.id).map(({ name, address, use }) => [`${name}\n${use}`, address]),
    20,
  );
  sheet.gap(4);
  sheet.text(said.factor, { size: 9 });
  sheet.gap(8);
  sheet.heading('Call');
  const people = [
    ...parts.map(({ number, custodian }) => [custodian, `custodian, ${said.one} ${number}`]),
    ...owners.map(({ name }) => [name, 'owner']),
  ];
  const called = people.slice(0, MOST_PEOPLE).map(([name = '', role = '']) => [byHand(printable(name, 60)), role, '', '']);
  sheet.table(
    [
      { title: 'NAME', share: 30, font: FONT.bold },
      { title: 'ROLE', share: 22 },
      { title: 'TELEPHONE', share: 24 },
      { title: 'SECOND NUMBER', share: 24 },
    ],
    [...called, ['', 'security on call', '', ''], ['', 'safe or building', '', ''], ['', 'Microsoft support', '', '']],
    21,
  );
  sheet.gap(9);
  sheet.heading('Afterwards, the same day');
  const rotate = `In Teams say “rotate ${printable(account.userPrincipalName.split('@', 1)[0] ?? '').text}”`;
  sheet.steps([
    ...(account.credential === 'passkey'
      ? ([
          [
            'Seal the key again, or replace it.',
            `If anybody but its custodian may have learnt the PIN: ${rotate.replace('In Teams', 'in Teams')}; without Teams another administrator removes the key from the account in Entra. Revoke the sessions of the account.`,
          ],
          ['Put the key back', 'in a new envelope with a new seal, its PIN apart from it, and tell Breakglass place and seal number.'],
        ] as const)
      : ([
          [
            'Make the parts worthless.',
            `${rotate}; without Teams another administrator resets the password in Entra. Revoke the sessions of the account.`,
          ],
          [
            'Destroy the opened parts,',
            'store the new ones in new envelopes with new seals, and confirm each to Breakglass with place and seal number.',
          ],
        ] as const)),
    ['Read the sign-in log and the audit log', 'of the account from the first minute to the last, and write down every change.'],
    ['Let somebody sign who did not use it,', 'below and on the case in Teams. Then print this card again: this one is out of date.'],
  ]);
  sheet.gap(2);
  sheet.blanks([
    ['Used on, from – to (UTC)', 'By', 'By'],
    ['Why, and what was changed'],
    [said.replaced, 'Reviewed by (name)', 'Signature'],
  ]);
}
