import type { PasskeysKnown } from '../app/openRequest.ts';
import type { People, Random, TenantInfo, Tenants } from '../app/ports.ts';
import type { Rendered } from '../cards/render.ts';
import { createFormCard, MOST_TENANTS } from '../cards/views/createForm.ts';
import type { Actor, PersonRef } from '../core/people.ts';
import type { FieldFault, Refusal } from '../core/refusal.ts';
import type { ChangeRequest, CreatePlan } from '../core/request/types.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { FormValues } from './actions/createSubmit.ts';

export interface FormNeeds {
  readonly people: People;
  readonly tenants: Pick<Tenants, 'list'>;
  readonly random: Pick<Random, 'id'>;
  passkeys(tenantId: string): Promise<PasskeysKnown>;
  watchable(tenantId: string): Promise<boolean | undefined>;
}

export interface Forms {
  /**
   * A new form. `formId` makes two submits of it one request.
   *
   * @returns refusal `tenant-unwatched` where it could be for one tenant only, and nothing can be made there: nobody fills in a form that can
   *   only be refused
   */
  open(actor: Actor, tenantId?: string): Promise<Result<{ readonly formId: string; readonly rendered: Rendered }, Refusal>>;
  /** The same form with what was typed, and what is wrong with it. */
  again(actor: Actor, formId: string, values: FormValues, faults: readonly FieldFault[]): Promise<Rendered>;
  /** The form of a request that waits, to be changed. */
  edit(
    actor: Actor,
    request: ChangeRequest,
    plan: CreatePlan,
    values?: FormValues,
    faults?: readonly FieldFault[],
    refusal?: Refusal,
  ): Promise<Rendered>;
}

const byName = (a: PersonRef, b: PersonRef): number => a.name.localeCompare(b.name);

export function forms({ people, tenants, random, passkeys, watchable }: FormNeeds): Forms {
  /** Suggestions only; who may hold a part or own an account is checked when the form is sent in. */
  async function suggestions(actor: Actor): Promise<{ custodians: PersonRef[]; owners: PersonRef[] }> {
    const [custodians, administrators, approvers] = await Promise.all([
      people.holders('custodian'),
      people.holders('administrator'),
      people.holders('approver'),
    ]);
    const own = actor.kind === 'person' ? actor.person.personKey : undefined;
    const owners = new Map([...administrators, ...approvers].map((person) => [person.objectId, person]));
    return {
      custodians: custodians.filter(({ personKey }) => personKey !== own).sort(byName),
      owners: [...owners.values()].filter(({ personKey }) => personKey !== own).sort(byName),
    };
  }
  const choice = ({ id, displayName, initialDomain }: TenantInfo) => ({ id, displayName, initialDomain });
  const choices = () => tenants.list().map(choice);
  /** The same, with what is known of those that the form may be for. */
  async function tried(tenantId: string | undefined) {
    const known = async (tenant: TenantInfo, index: number) => {
      const asked = tenantId === undefined ? index < MOST_TENANTS : tenant.id === tenantId;
      const [keys, watched] = asked ? await Promise.all([passkeys(tenant.id), watchable(tenant.id)]) : [];
      return {
        ...choice(tenant),
        ...(keys ? { passkeys: keys.ok ? ('allowed' as const) : keys.error } : {}),
        ...(watched === undefined ? {} : { watchable: watched }),
      };
    };
    return Promise.all(tenants.list().map(known));
  }

  return {
    async open(actor, tenantId) {
      const [offered, suggested] = await Promise.all([tried(tenantId), suggestions(actor)]);
      const [only, ...more] = offered.filter(({ id }) => tenantId === undefined || id === tenantId);
      if (only?.watchable === false && more.length === 0) return no({ code: 'tenant-unwatched', tenant: only.displayName });
      const formId = random.id('F');
      const rendered = createFormCard({ formId, tenants: offered, ...(tenantId === undefined ? {} : { tenantId }), ...suggested });
      return ok({ formId, rendered });
    },
    async again(actor, formId, values, faults) {
      return createFormCard({ formId, tenants: choices(), ...(await suggestions(actor)), values, faults });
    },
    async edit(actor, request, plan, values, faults = [], refusal = undefined) {
      const edits = { requestId: request.id, planDigest: request.planDigest };
      const typed = values ?? valuesOf(plan);
      return createFormCard({
        formId: request.formId,
        edits,
        tenants: choices(),
        ...(await suggestions(actor)),
        values: typed,
        faults,
        ...(refusal ? { refusal } : {}),
      });
    },
  };
}

/** What the requester had filled in. */
function valuesOf({ tenant, account, credential, custodians, owners, reason }: CreatePlan): FormValues {
  const ids = (people: readonly PersonRef[]): string => people.map(({ objectId }) => objectId).join(',');
  return {
    tenantId: tenant.id,
    userName: account.userPrincipalName.slice(0, account.userPrincipalName.lastIndexOf('@')),
    displayName: account.displayName,
    usageLocation: account.usageLocation,
    credential: credential.kind,
    custodians: ids(custodians),
    owners: ids(owners),
    reason,
  };
}
