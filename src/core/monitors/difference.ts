/** One way in which what is there is not what was shipped. `detail`: an id, a column, a category; our own words otherwise. */
export interface MonitorDifference {
  /** Name of the rule or action group; of the tenant, for its logs; id of the subscription, for what it does not show. */
  readonly what: string;
  /** Said of rules of Microsoft Sentinel, whose `what` is the name they have there. */
  readonly in?: 'sentinel';
  readonly problem: MonitorProblem;
  readonly detail?: string;
  /** What people call the account whose id `detail` is. */
  readonly account?: string;
}

export type MonitorProblem =
  | 'unreadable'
  // It could be read before.
  | 'settings-unreadable'
  | 'processing-unreadable'
  | 'missing'
  | 'disabled'
  // A rule does not see what it should.
  | 'account-missing'
  | 'other-query'
  | 'other-workspace'
  | 'not-split'
  | 'other-rhythm'
  | 'other-window'
  | 'looks-back-less'
  // It sees and does not fire, or not again.
  | 'other-condition'
  | 'waits'
  | 'mutes-itself'
  | 'resolves-itself'
  | 'other-severity'
  // It fires and nobody hears it.
  | 'no-incident'
  | 'incidents-grouped'
  | 'alerts-grouped'
  | 'detail-missing'
  | 'held-back'
  | 'calls-nobody'
  | 'people-not-called'
  | 'bot-not-called'
  | 'no-webhook'
  | 'webhook-elsewhere'
  | 'webhook-unsigned'
  | 'webhook-other-audience'
  | 'webhook-other-schema'
  // There is nothing to be seen.
  | 'no-logs'
  | 'log-not-sent'
  | 'logs-elsewhere';
