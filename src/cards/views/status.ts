import type { Hop } from '../../core/drill/types.ts';
import type { TenantReport } from '../../core/tenant/report.ts';
import { codeFact, type Fact, textFact, timeFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import type { NamedTenant } from '../namedTenant.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';
import { when } from '../time.ts';
import { headText } from './auditWords.ts';
import { HOP_NAMES } from './drillWords.ts';
import { type TenantRow, tenantRow } from './tenantStatus.ts';

export interface StatusInput {
  readonly now: Date;
  readonly version: string;
  readonly mode: 'sandbox' | 'production';
  readonly database: string;
  readonly feeds: readonly {
    readonly tenant: string;
    readonly feed: string;
    readonly lastSuccessAt?: Date;
    readonly error?: string;
    readonly silent?: true;
  }[];
  readonly jobs: { readonly waiting: number; readonly failed: number };
  readonly timers: { readonly waiting: number; readonly nextAt?: Date };
  /** Accounts whose alerts were shown to arrive, of all that are in use; the others with where they broke. */
  readonly drills: {
    readonly passed: number;
    readonly of: number;
    readonly failed: readonly { readonly account: string; readonly hop: Hop }[];
  };
  /** Whether the monitors in Azure are as shipped: `unchecked` where nothing says where they are; else since when they are not. */
  readonly monitors: 'unchecked' | 'as-shipped' | 'as-far-as-seen' | { readonly differSince: Date };
  readonly audit: { readonly size: number; readonly root: string };
  /** What each tenant lets Breakglass do, asked now. */
  readonly tenants: readonly { readonly tenant: NamedTenant; readonly report: TenantReport }[];
  /** What this installation cannot guarantee, and why. */
  readonly limits: readonly string[];
}

interface FeedRow {
  readonly mark: string;
  readonly color: 'Good' | 'Attention' | 'Warning';
  readonly title: string;
  readonly hasError: boolean;
  readonly error: string;
  readonly at: string;
}

/** All that templates/status.json names. */
interface StatusView {
  readonly header: Header;
  readonly facts: readonly Fact[];
  readonly feeds: readonly FeedRow[];
  readonly lacksFeeds: boolean;
  readonly hasTenants: boolean;
  readonly tenants: readonly TenantRow[];
  readonly limits: readonly string[];
}

const render = template<StatusView>('status');

/** Whether everything that must work works. */
export function statusCard(v: StatusInput): Rendered {
  const broken = v.feeds.filter((feed) => troubleOf(feed) !== undefined).length;
  const unread = v.feeds.some((feed) => feed.lastSuccessAt === undefined && troubleOf(feed) === undefined);
  const state =
    broken > 0
      ? `${broken} of ${v.feeds.length} feeds fail`
      : v.jobs.failed > 0
        ? `${v.jobs.failed} jobs gave up`
        : v.drills.failed.length > 0
          ? `The alerts of ${v.drills.failed.length === 1 ? 'an account' : `${v.drills.failed.length} accounts`} did not arrive in a drill`
          : typeof v.monitors !== 'string'
            ? 'What watches the accounts from Azure is not as shipped'
            : unread
              ? 'Some feed was never read'
              : v.feeds.length === 0
                ? 'Nothing is failing; there is no account to watch yet'
                : 'Nothing is failing';
  const card = render({
    header: header(
      'Breakglass',
      broken > 0
        ? 'attention'
        : v.jobs.failed > 0 || v.drills.failed.length > 0 || typeof v.monitors !== 'string' || unread
          ? 'warning'
          : 'good',
      state,
    ),
    facts: [
      textFact('Version', `${v.version}, ${v.mode}`),
      textFact('Database', v.database),
      textFact('Jobs', `${v.jobs.waiting} waiting, ${v.jobs.failed} given up`),
      textFact('Timers', `${v.timers.waiting} waiting`),
      ...(v.timers.nextAt ? [timeFact('Next timer', v.timers.nextAt)] : []),
      textFact('Monitors in Azure', MONITORS[typeof v.monitors === 'string' ? v.monitors : 'differ']),
      ...(typeof v.monitors === 'string' ? [] : [timeFact('They differ since', v.monitors.differSince)]),
      textFact('Drills', drillWords(v.drills), 300),
      textFact('Audit log', v.audit.size === 1 ? '1 entry' : `${v.audit.size} entries`),
      codeFact('Its head', headText(v.audit)),
      timeFact('As of', v.now),
    ],
    feeds: v.feeds.slice(0, 20).map(feedRow),
    lacksFeeds: v.feeds.length === 0,
    hasTenants: v.tenants.length > 0,
    tenants: v.tenants.slice(0, 12).map(({ tenant, report }) => tenantRow(tenant, report)),
    limits: (v.limits.length > 0 ? v.limits : ['Nothing that is known.']).slice(0, 15).map((limit) => plain(limit, 400)),
  });
  return { card, summary: `Breakglass: ${state}` };
}

const MONITORS = {
  unchecked: 'not read back: nothing says where they are',
  'as-shipped': 'as shipped',
  'as-far-as-seen': 'as shipped, as far as Azure lets me see them',
  differ: 'not as shipped: see alerts',
} as const;

function drillWords({ passed, of, failed }: StatusInput['drills']): string {
  const broken = failed.slice(0, 3).map(({ account, hop }) => `${plain(account, 80)} broke at “${HOP_NAMES[hop]}”`);
  const more = failed.length > 3 ? [`${failed.length - 3} more broke`] : [];
  return [`${passed} of ${of} ${of === 1 ? 'account' : 'accounts'} passed`, ...broken, ...more].join('; ');
}

/** What is wrong with a feed, in words: it fails, or nothing was heard from it for so long that it is an alert. */
const troubleOf = ({ error, silent }: StatusInput['feeds'][number]): string | undefined =>
  error ?? (silent ? 'nothing is heard from it: see alerts' : undefined);

function feedRow(read: StatusInput['feeds'][number]): FeedRow {
  const { tenant, feed, lastSuccessAt } = read;
  const error = troubleOf(read);
  const look =
    error !== undefined
      ? { mark: '✕', color: 'Attention' as const }
      : lastSuccessAt
        ? { mark: '✓', color: 'Good' as const }
        : { mark: '!', color: 'Warning' as const };
  return {
    ...look,
    title: plain(`${plain(tenant, 80)}: ${plain(feed, 60)}`),
    hasError: error !== undefined,
    error: plain(error ?? '', 200),
    at: lastSuccessAt ? when(lastSuccessAt) : 'never',
  };
}
