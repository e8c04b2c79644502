import type { Notice } from '../app/ports.ts';
import { postTo } from './outbound.ts';

/** A webhook that pages people. */
export interface PageSettings {
  readonly url: string;
  /** `pagerduty`: Events API v2. `json`: the notice as it is, for anything else that takes JSON. */
  readonly shape: 'pagerduty' | 'json';
  /** Routing key of the service, or for `json` a bearer token. */
  readonly key: string;
}

const SEVERITIES: { readonly [S in Notice['severity']]: string } = { critical: 'critical', high: 'error', low: 'info' };
const MOST_SUMMARY = 1_024;

/**
 * Pages somebody. What is said of one alert has one `dedup_key`, so that a repeat wakes nobody twice, and acknowledging or ending the alert
 * does the same to the page.
 */
export function pagePath({ url, shape, key }: PageSettings): (notice: Notice) => Promise<void> {
  const address = new URL(url);
  return (notice) =>
    shape === 'pagerduty'
      ? postTo(address, JSON.stringify(eventOf(notice, key)), 'application/json')
      : postTo(address, JSON.stringify(notice), 'application/json', { authorization: `Bearer ${key}` });
}

/** Events API v2 (PagerDuty developer documentation, "Send an event"): the summary holds 1,024 characters. */
function eventOf({ alertId, does, severity, subject, lines, at }: Notice, key: string): object {
  return {
    routing_key: key,
    event_action: does,
    dedup_key: `breakglass-${alertId}`,
    client: 'Breakglass',
    payload: {
      summary: subject.slice(0, MOST_SUMMARY),
      source: 'breakglass',
      severity: SEVERITIES[severity],
      timestamp: at.toISOString(),
      custom_details: { text: lines.join('\n') },
    },
  };
}
