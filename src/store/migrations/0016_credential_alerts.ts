/** Alerts about what opens an account are looked for whenever another credential is asked for, or made. */
export const credentialAlerts: readonly string[] = [
  `create index alert_credential on alert ((body->>'accountId')) where state in ('open', 'acknowledged')
    and body->'cause'->>'kind' in ('part-expired', 'part-lost', 'account-unusable', 'ended-half-way')`,
];
