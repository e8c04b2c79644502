import type { Role, StrangerReason } from '../../core/people.ts';
import { codeFact, type Fact, textFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { words } from '../refusals.ts';
import { type Rendered, template } from '../render.ts';
import { utc } from '../time.ts';

/** All that templates/whoami.json names. */
interface WhoamiView {
  readonly header: Header;
  readonly facts: readonly Fact[];
  readonly notes: readonly string[];
}

export interface WhoamiInput {
  readonly name?: string;
  readonly objectId: string;
  readonly found: boolean;
  readonly why?: StrangerReason;
  readonly personKey?: string;
  readonly roles: readonly Role[];
  /** New among the approvers: from when their decisions count. */
  readonly countsFrom?: Date;
  readonly ownerOf: readonly string[];
  readonly custodianOf: readonly string[];
}

const render = template<WhoamiView>('whoami');

const MAY: { readonly [R in Role]: string } = {
  requester: 'Requester: may ask for accounts',
  approver: 'Approver: may approve and deny what others ask for',
  custodian: 'Custodian: may keep a part of a password',
  auditor: 'Auditor: may read everything on record',
  administrator: 'Administrator: looks after Breakglass itself',
};

const newApprover = (from: Date): string => `Approver: new in the group, so your decisions count from ${utc(from)} on`;

/** What a person may do here, and how that was found. */
export function whoamiCard(v: WhoamiInput): Rendered {
  const list = (label: string, items: readonly string[]): Fact[] =>
    items.length === 0
      ? []
      : [textFact(label, items.slice(0, 8).join(', ') + (items.length > 8 ? ` and ${items.length - 8} more` : ''), 500)];
  const roles =
    v.found && v.roles.length === 0
      ? [textFact('Roles', 'none')]
      : v.roles.map((role, index) =>
          textFact(index === 0 ? 'Roles' : ' ', role === 'approver' && v.countsFrom ? newApprover(v.countsFrom) : MAY[role]),
        );
  const card = render({
    header: header(
      v.found ? 'Who you are to me' : 'You have no rights here',
      v.found ? 'emphasis' : 'warning',
      v.found ? '' : words({ code: 'stranger', why: v.why ?? 'unknown' }),
    ),
    facts: [
      ...(v.name === undefined ? [] : [textFact('Name', v.name, 80)]),
      codeFact('Account', v.objectId),
      ...(v.personKey === undefined ? [] : [codeFact('Person', v.personKey)]),
      ...(v.found ? roles : []),
      ...list('Owner of', v.ownerOf),
      ...list('Keeps part of', v.custodianOf),
    ],
    notes: v.found
      ? ['Read from the directory just now: your account by its object id, roles by group. Several accounts of one person count once.']
      : ['I go by the account you are signed in with, never by a name.'],
  });
  return { card, summary: v.found ? 'Who you are to Breakglass' : 'You have no rights here' };
}
