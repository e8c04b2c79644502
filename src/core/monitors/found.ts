/** What Azure says is there. Ids of resources are in lower case. */
export interface FoundMonitors {
  /** The resource group that rules and action groups were read from. */
  readonly resourceGroup: string;
  readonly rules: readonly FoundRule[];
  readonly actionGroups: readonly FoundActionGroup[];
  /** By tenant id: what its diagnostic settings send, and where; `unreadable` where the tenant does not let us see them. */
  readonly logs: ReadonlyMap<string, readonly FoundLog[] | 'unreadable'>;
  /** By subscription (`/subscriptions/…`): its alert processing rules; `unreadable` where Azure does not let us see them. */
  readonly processingRules: ReadonlyMap<string, readonly FoundProcessingRule[] | 'unreadable'>;
  /** Analytics rules of Microsoft Sentinel, where they are said to be deployed; `unreadable` where Azure does not let us see them. */
  readonly sentinel?: readonly FoundSentinelRule[] | 'unreadable';
}

export interface FoundRule {
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly severity: number;
  /** Resource ids of what it reads. */
  readonly scopes: readonly string[];
  /** All of them have to be met at once. */
  readonly conditions: readonly FoundCondition[];
  readonly everyMinutes: number;
  readonly windowMinutes: number;
  /** How far back events may lie; `undefined` where the rule says nothing and Azure takes the window. */
  readonly looksBackMinutes: number | undefined;
  /** How long it calls nobody after it has. */
  readonly muteMinutes: number;
  readonly resolvesItself: boolean;
  readonly actionGroupIds: readonly string[];
}

export interface FoundCondition {
  readonly query: string;
  /** Columns it is split by, with every value. */
  readonly dimensions: readonly string[];
  readonly timeAggregation: string;
  readonly operator: string;
  readonly threshold: number;
  /** It fires when so many of the last runs found something. */
  readonly runs: { readonly needed: number; readonly of: number };
}

export interface FoundActionGroup {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly webhooks: readonly FoundWebhook[];
}

export interface FoundWebhook {
  readonly uri: string;
  readonly commonSchema: boolean;
  /** Whether it brings a token of Entra, for which registration, and of which tenant. */
  readonly secure: boolean;
  readonly identifierUri: string;
  readonly tenantId: string;
}

/** Changes alerts of other rules as they fire. */
export interface FoundProcessingRule {
  readonly name: string;
  readonly enabled: boolean;
  /** Whether nobody is called any more by the alerts it hits; the other kind calls somebody besides. */
  readonly removesActionGroups: boolean;
  /** Subscriptions, resource groups or resources. */
  readonly scopes: readonly string[];
  /** All of them have to be met. None: every alert in its scope is hit. */
  readonly conditions: readonly FoundProcessingCondition[];
  /** None: always. */
  readonly schedule: FoundSchedule | undefined;
}

export interface FoundProcessingCondition {
  readonly field: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** Instants are local to the time zone, which is a name of Windows: `2026-12-24T22:00:00`. */
export interface FoundSchedule {
  readonly from?: string;
  readonly until?: string;
  readonly timeZone?: string;
  readonly repeats: boolean;
}

/** One category of log on its way to one workspace. */
export interface FoundLog {
  readonly category: string;
  readonly workspaceId: string;
}

export interface FoundSentinelRule {
  readonly id: string;
  /** Only scheduled ones have a query. */
  readonly isScheduled: boolean;
  readonly enabled: boolean;
  readonly severity: string;
  readonly query: string;
  readonly everyMinutes: number;
  readonly looksBackMinutes: number;
  readonly operator: string;
  readonly threshold: number;
  /** How long it rests after it has fired. */
  readonly suppressedMinutes: number;
  /** Whether each row is an alert of its own. */
  readonly alertsPerRow: boolean;
  readonly makesIncidents: boolean;
  /** Whether alerts are put into incidents that are there already. */
  readonly groupsIncidents: boolean;
  /** Columns that its alerts tell, by the name under which they tell them. */
  readonly details: ReadonlyMap<string, string>;
}
