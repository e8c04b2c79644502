/** What happened to something in a directory or to what watches it, in one normal form, whichever feed brought it. */
export interface DirectoryChange {
  readonly tenantId: string;
  readonly changedAt: Date;
  /** The audit record's own id, where the feed has one. */
  readonly rowId?: string;
  readonly correlationId: string;
  /** Name of the activity as the log has it: `Reset user password`, `Microsoft.Insights/actionGroups/delete`. */
  readonly activity: string;
  /** `UserManagement`, `RoleManagement`, `Policy`, `Administrative`, …; empty where the feed has none. */
  readonly category: string;
  /** Which service wrote the record: `Core Directory`, `Conditional Access`, `Authentication Methods`, `PIM`, … */
  readonly service?: string;
  readonly result: 'success' | 'failure' | 'unknown';
  /** Why, in the log's own words. */
  readonly reason?: string;
  readonly actor: ChangeActor;
  readonly targets: readonly ChangeTarget[];
}

/** Who did it: a person, or an app by itself. All of it may be missing. Ids are lower case. */
export interface ChangeActor {
  readonly userId?: string;
  readonly userPrincipalName?: string;
  readonly appId?: string;
  readonly servicePrincipalId?: string;
  /** What the app or the person is called. */
  readonly name?: string;
  readonly ipAddress?: string;
}

export interface ChangeTarget {
  /** Object id, lower case; of a resource of Azure its path. */
  readonly id: string;
  /** `User`, `Group`, `Role`, `Policy`, `AdministrativeUnit`, `Resource`, … as the log has it. */
  readonly type: string;
  readonly name?: string;
  readonly userPrincipalName?: string;
  /** Decoded from JSON inside JSON: a text, or the canonical JSON of anything else. */
  readonly properties: readonly { readonly name: string; readonly before?: string; readonly after?: string }[];
}

/** Why a change is an alert. Of several reasons the first of this list that holds. */
export const CONCERNS = [
  'by-account',
  'methods',
  'roles',
  'exclusion-group',
  'restricted-unit',
  'account',
  'membership',
  'conditional-access',
  'monitoring',
] as const;
export type ChangeConcern = (typeof CONCERNS)[number];

/**
 * Whose doing it is: somebody else's, a request's that people approved, or our own changer identity's although no request accounts
 * for it, which is the worst of the three.
 */
export type ChangeOrigin = { readonly by: 'others' } | { readonly by: 'request'; readonly requestId: string } | { readonly by: 'changer' };

const MOST_TARGETS = 20;
const MOST_PROPERTIES = 30;
const LONGEST_VALUE = 1_000;

/** What of a change is kept with its alert: a policy written out twice would make every read of the alert slow. */
export function abridged(change: DirectoryChange): DirectoryChange {
  const short = (value: string | undefined) => (value === undefined ? undefined : value.slice(0, LONGEST_VALUE).toWellFormed());
  const targets = change.targets.slice(0, MOST_TARGETS).map((target) => ({
    ...target,
    properties: target.properties.slice(0, MOST_PROPERTIES).map(({ name, before, after }) => ({
      name,
      ...(before === undefined ? {} : { before: short(before) ?? '' }),
      ...(after === undefined ? {} : { after: short(after) ?? '' }),
    })),
  }));
  return { ...change, targets };
}
