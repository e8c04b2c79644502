import type { PersonRef } from '../../core/people.ts';
import type { FieldFault, Refusal } from '../../core/refusal.ts';
import { type Header, header } from '../header.ts';
import { faultWords, words } from '../refusals.ts';
import { type Rendered, template } from '../render.ts';
import { inert, plain, typedBefore } from '../text.ts';
import { begunWith, canBeWatched, type OfferedTenant, unwatched } from './createFormWords.ts';

const FIELDS = ['tenantId', 'userName', 'displayName', 'usageLocation', 'credential', 'custodians', 'owners', 'reason'] as const;
type Field = (typeof FIELDS)[number];
type Texts = { readonly [F in Field]: string };

/** What comes back into a field, in characters; lists are object ids with commas between. */
const MOST: { readonly [F in Field]: number } = {
  tenantId: 64,
  userName: 400,
  displayName: 400,
  usageLocation: 60,
  credential: 40,
  custodians: 800,
  owners: 800,
  reason: 2000,
};

interface Choice {
  readonly title: string;
  readonly value: string;
}

/** All that templates/createForm.json names. */
interface CreateFormView {
  readonly header: Header;
  readonly hasFaults: boolean;
  readonly faultCount: string;
  readonly otherFaults: readonly string[];
  readonly has: { readonly [F in Field]: boolean };
  readonly faults: Texts;
  readonly values: Texts;
  readonly tenants: readonly Choice[];
  readonly credentials: readonly Choice[];
  /** What is to be known of the tenants on offer, under their list. */
  readonly tenantNotes: readonly string[];
  readonly unwatched: readonly string[];
  /** Why this kind of credential is chosen, where nobody has chosen it yet. */
  readonly chosen: readonly string[];
  readonly custodians: readonly Choice[];
  readonly owners: readonly Choice[];
  readonly lacksCustodians: boolean;
  readonly noCustodians: string;
  readonly lacksOwners: boolean;
  readonly noOwners: string;
  readonly notes: readonly string[];
  readonly isNew: boolean;
  readonly isEdit: boolean;
  readonly formId: string;
  readonly digest: string;
}

/** More are not offered, but for the one that is meant. */
export const MOST_TENANTS = 25;

export interface CreateFormInput {
  readonly formId: string;
  /** The request that is to be changed, and the plan its requester saw; without it the form asks for a new account. */
  readonly edits?: { readonly requestId: string; readonly planDigest: string };
  readonly tenants: readonly OfferedTenant[];
  readonly tenantId?: string;
  readonly custodians: readonly PersonRef[];
  /** Suggestions. */
  readonly owners: readonly PersonRef[];
  readonly values?: Partial<Record<Field, string>>;
  readonly faults?: readonly FieldFault[];
  /** Why it was not taken, where no field is to blame. */
  readonly refusal?: Refusal;
}

const render = template<CreateFormView>('createForm');

/** Of the form of a request that waits, and of the dialog it stands in. */
export const CHANGE_REQUEST = 'Change your request';

/** The form to ask for an account; with faults, the form as it was filled in with each fault over its field. */
export function createFormCard(v: CreateFormInput): Rendered {
  const faults = v.faults ?? [];
  const refused = v.refusal ? [words(v.refusal)] : [];
  const values = v.values ?? {};
  const own = (field: string): field is Field => FIELDS.some((known) => known === field);
  const wordsOf = (field: Field): string =>
    faults
      .filter((fault) => fault.field === field)
      .slice(0, 4)
      .map(faultWords)
      .join(' ');
  const onlyTenant = v.tenants.length === 1 ? v.tenants[0]?.id : undefined;
  const tenantId = values.tenantId ?? v.tenantId ?? onlyTenant;
  const isNamed = v.tenantId !== undefined && v.values === undefined;
  // Asked for by name it is for that tenant, and what it says is of that one: for another one says create again.
  const tenants = v.tenants.filter(({ id }, index) => (isNamed ? id === tenantId : index < MOST_TENANTS || id === tenantId));
  const chosen = begunWith(tenants);
  const isChosen = values.credential !== undefined || v.edits !== undefined;
  const title = v.edits ? CHANGE_REQUEST : 'Ask for an emergency access account';
  const view: CreateFormView = {
    header: header(title, 'accent', 'Two other people must approve it before anything happens'),
    hasFaults: faults.length + refused.length > 0,
    faultCount:
      faults.length === 0
        ? 'It was not sent in'
        : faults.length === 1
          ? 'One thing needs correcting'
          : `${faults.length} things need correcting`,
    otherFaults: [
      ...refused,
      ...faults
        .filter(({ field }) => !own(field))
        .slice(0, 5)
        .map(faultWords),
    ],
    has: perField((field) => faults.some((fault) => fault.field === field)),
    faults: perField((field) => plain(wordsOf(field), 400)),
    values: perField((field) => typedBefore(values[field] ?? '', MOST[field]), {
      ...(values.tenantId === undefined ? { tenantId: plain(tenantId ?? '', 64) } : {}),
      ...(values.credential === undefined ? { credential: chosen.credential } : {}),
    }),
    tenants: tenants.map((tenant) => choice(nameOf(tenant), tenant.id)),
    tenantNotes: isNamed && v.tenants.length > 1 ? ['For another tenant say create and its name.'] : [],
    unwatched: unwatched(tenants),
    credentials: [
      choice('Security keys, one for each custodian (passkeys)', 'passkey'),
      choice('Password in parts, one for each custodian', 'split-password'),
    ],
    chosen: isChosen ? [] : chosen.why,
    custodians: people(v.custodians),
    owners: people(v.owners),
    lacksCustodians: v.custodians.length === 0,
    lacksOwners: v.owners.length === 0,
    noOwners: 'I know nobody who could own the account. Ask an administrator to fill the groups first.',
    noCustodians: 'Nobody is in the custodians group. Ask an administrator to add at least two people first.',
    notes: [
      'The account becomes a permanent Global Administrator, excluded from Conditional Access and watched from its first minute.',
      'A password alone opens no admin portal any more: choose security keys where the tenant allows them, or plan to register two.',
    ],
    isNew: v.edits === undefined,
    isEdit: v.edits !== undefined,
    formId: plain(v.edits?.requestId ?? v.formId, 64),
    digest: plain(v.edits?.planDigest ?? '', 64),
  };
  return { card: render(view), summary: title };
}

function perField<T>(value: (field: Field) => T, fixed: Partial<Record<Field, T>> = {}): { readonly [F in Field]: T } {
  const of = (field: Field): T => fixed[field] ?? value(field);
  return {
    tenantId: of('tenantId'),
    userName: of('userName'),
    displayName: of('displayName'),
    usageLocation: of('usageLocation'),
    credential: of('credential'),
    custodians: of('custodians'),
    owners: of('owners'),
    reason: of('reason'),
  };
}

const nameOf = (tenant: OfferedTenant): string =>
  `${inert(tenant.displayName, 60)} (${inert(tenant.initialDomain, 80)})${canBeWatched(tenant) ? '' : ': not possible, its sign-ins cannot be read'}`;
const choice = (title: string, value: string): Choice => ({ title, value: plain(value, 64) });
const people = (refs: readonly PersonRef[]): Choice[] =>
  refs.slice(0, 30).map(({ name, objectId }) => choice(inert(name, 80) || 'no name', objectId));
