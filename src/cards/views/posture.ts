import type { Severity } from '../../core/posture/check.ts';
import type { Finding, PostureReport } from '../../core/posture/report.ts';
import type { ChangeRequest } from '../../core/request/types.ts';
import { codeFact, type Fact, type Tone, textFact, timeFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import type { NamedTenant } from '../namedTenant.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';
import { when } from '../time.ts';
import { type ListRow, MOST_ROWS, moreThanShown, renderList } from './list.ts';

interface FindingView {
  readonly title: string;
  readonly about: string;
  readonly evidence: string;
}

interface FailingView extends FindingView {
  readonly tone: Tone;
  readonly severity: string;
  readonly color: 'Attention' | 'Warning' | 'Default';
  readonly hasAdvice: boolean;
  readonly advice: string;
  readonly canRepair: boolean;
  /** A request for the account is open: another would be refused until it is over. */
  readonly hasOpen: boolean;
  readonly open: string;
  readonly tooltip: string;
  /** Form, account and finding: which repair this button asks for. */
  readonly repairId: string;
}

/** All that templates/posture.json names. */
interface PostureView {
  readonly header: Header;
  readonly facts: readonly Fact[];
  readonly hasFailing: boolean;
  readonly failing: readonly FailingView[];
  readonly hasUnknown: boolean;
  readonly unknown: readonly FindingView[];
  readonly hasGood: boolean;
  readonly good: readonly string[];
  readonly notes: readonly string[];
}

const render = template<PostureView>('posture');

const LOOKS: { readonly [S in Severity]: Pick<FailingView, 'severity' | 'color' | 'tone'> } = {
  critical: { severity: 'critical', color: 'Attention', tone: 'attention' },
  warning: { severity: 'warning', color: 'Warning', tone: 'warning' },
  advice: { severity: 'good practice', color: 'Default', tone: 'emphasis' },
};

const MOST_FAILING = 8;
const MOST_UNKNOWN = 8;
/** Characters of a form's id that leave room for the rest on a button: an id there has 80 at most. */
const FORM_ID = 12;

/**
 * The findings of a tenant: what fails with what to do about it, what could not be told, and in one line each what is as it should be.
 *
 * @param newFormId for each Request the repair: two presses of one button are one request
 * @param open      requests that are open, by the account they are for: they stand where the button would
 */
export function postureCard(
  tenant: NamedTenant,
  report: PostureReport,
  newFormId: () => string,
  open: ReadonlyMap<string, Pick<ChangeRequest, 'id' | 'plan'>> = new Map(),
): Rendered {
  const { findings, profile, readAt } = report;
  const of = (status: Finding['status']): Finding[] => findings.filter((finding) => finding.status === status);
  const [failing, unknown] = [of('fail'), of('unknown')];
  const state = stateWords(report);
  const card = render({
    header: header('Posture', toneOf(report), state),
    facts: [
      textFact('Tenant', tenant.displayName, 80),
      codeFact('Tenant id', tenant.id),
      textFact('Judged by', `${profile.title}, ${profile.date} (${profile.id})`),
      timeFact('Read at', readAt),
    ],
    hasFailing: failing.length > 0,
    failing: failing.slice(0, MOST_FAILING).map((finding) => failingView(finding, newFormId, open.get(finding.repair?.accountId ?? ''))),
    hasUnknown: unknown.length > 0,
    unknown: together(unknown).slice(0, MOST_UNKNOWN),
    hasGood: findings.some(({ status }) => status === 'pass'),
    good: passing(findings),
    notes: [
      ...more(failing.length - MOST_FAILING, 'failing'),
      ...more(together(unknown).length - MOST_UNKNOWN, 'unknown'),
      failing.some(({ repair }) => repair) ? 'A repair is a request: two other people approve its plan before anything is changed.' : NEXT,
    ],
  });
  return { card, summary: plain(`Posture of ${tenant.displayName}: ${state}`, 200) };
}

const NEXT = 'Every check with its source: docs/posture.md.';
const more = (count: number, word: string): string[] => (count > 0 ? [`${count} more ${word} findings are not shown here.`] : []);

function stateWords({ findings }: PostureReport): string {
  const count = (status: Finding['status']): number => findings.filter((finding) => finding.status === status).length;
  const [fail, unknown] = [count('fail'), count('unknown')];
  if (fail + unknown === 0) return 'Everything is as it should be';
  return [...(fail > 0 ? [`${fail} to mend`] : []), ...(unknown > 0 ? [`${unknown} could not be told`] : [])].join(', ');
}

function toneOf({ findings }: PostureReport): Tone {
  const failing = findings.filter(({ status }) => status === 'fail');
  if (failing.some(({ severity }) => severity === 'critical')) return 'attention';
  return failing.length > 0 || findings.some(({ status }) => status === 'unknown') ? 'warning' : 'good';
}

const findingView = ({ title, about, evidence }: Finding): FindingView => ({
  title,
  about: plain(about.name, 120),
  evidence: plain(evidence, 400),
});

/** What one check cannot tell for one reason stands once, with everything it is about. */
function together(findings: readonly Finding[]): FindingView[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.check} ${finding.evidence}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].flatMap(([first, ...others]) =>
    first ? [{ ...findingView(first), about: plain([first, ...others].map(({ about }) => about.name).join(', '), 240) }] : [],
  );
}

function failingView(finding: Finding, newFormId: () => string, open: Pick<ChangeRequest, 'id' | 'plan'> | undefined): FailingView {
  const { severity, advice, repair, key, fault } = finding;
  return {
    ...findingView(finding),
    // What ought to be so beside a cross reads as if that were wrong.
    title: fault,
    ...LOOKS[severity],
    hasAdvice: advice !== '',
    advice: plain(advice.replaceAll('`', ''), 300),
    canRepair: repair !== undefined && open === undefined,
    hasOpen: open !== undefined,
    open: open ? plain(openWords(open, key), 200) : '',
    tooltip: `Opens a request to mend: ${fault}`,
    repairId: repair ? plain(`${newFormId().slice(0, FORM_ID)}:${repair.accountId}:${key}`, 80) : '',
  };
}

function openWords({ id, plan }: Pick<ChangeRequest, 'id' | 'plan'>, key: string): string {
  const isFor = 'finding' in plan && plan.finding?.key === key;
  return isFor
    ? `Asked for in ${id}. Say requests ${id} to see it.`
    : `${id} for this account is open: ask for the repair once it is over.`;
}

/** Titles of the checks that pass for everything they looked at. */
function passing(findings: readonly Finding[]): string[] {
  const bad = new Set(findings.filter(({ status }) => status === 'fail' || status === 'unknown').map(({ check }) => check));
  const titles = findings.filter(({ status, check }) => status === 'pass' && !bad.has(check)).map(({ title }) => title);
  return [...new Set(titles)];
}

/** Every tenant in one line. */
export function postureListCard(judged: readonly { readonly tenant: NamedTenant; readonly report: PostureReport }[]): Rendered {
  const failing = judged.filter(({ report }) => report.findings.some(({ status }) => status === 'fail')).length;
  const state = failing === 0 ? 'No tenant has anything to mend' : `${failing} of ${judged.length} tenants have something to mend`;
  const worst = judged.map(({ report }) => toneOf(report));
  const tone = worst.includes('attention') ? 'attention' : worst.includes('warning') ? 'warning' : 'good';
  const rows = judged.slice(0, MOST_ROWS).map(
    ({ tenant, report }): ListRow => ({
      ...(ROWS[toneOf(report)] ?? { mark: '✓', color: 'Good' }),
      title: plain(tenant.displayName, 80),
      detail: plain(stateWords(report)),
      id: plain(tenant.name, 40),
      word: plain(report.profile.id, 40),
      hasAt: true,
      at: when(report.readAt),
    }),
  );
  const card = renderList({
    header: header('Posture', tone, state),
    rows,
    notes: [...moreThanShown(judged.length), 'Say posture and the name of a tenant for its findings.'],
  });
  return { card, summary: `Posture: ${state}` };
}

const ROWS: Partial<Record<Tone, Pick<ListRow, 'mark' | 'color'>>> = {
  attention: { mark: '✕', color: 'Attention' },
  warning: { mark: '!', color: 'Warning' },
};
