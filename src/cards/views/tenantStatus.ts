import { ANSWERED, CAPABILITIES, type Capability, isEssentialLack } from '../../core/tenant/capability.ts';
import type { TenantReport } from '../../core/tenant/report.ts';
import { codeFact, type Fact, type Tone, textFact, timeFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import type { NamedTenant } from '../namedTenant.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';

/** One tenant in the list of `status`. */
export interface TenantRow {
  readonly mark: string;
  readonly color: 'Good' | 'Attention' | 'Warning';
  readonly title: string;
  readonly words: string;
  readonly count: string;
}

interface LackView {
  readonly tone: Tone;
  readonly title: string;
  readonly evidence: string;
  readonly lost: string;
  readonly substitute: string;
}

/** All that templates/tenantStatus.json names. */
interface TenantStatusView {
  readonly header: Header;
  readonly facts: readonly Fact[];
  readonly hasLacks: boolean;
  readonly lacks: readonly LackView[];
  readonly hasUnknown: boolean;
  readonly unknown: readonly LackView[];
  readonly hasThere: boolean;
  readonly there: readonly string[];
  readonly notes: readonly string[];
}

const render = template<TenantStatusView>('tenantStatus');
const MOST_SHOWN = 8;

/** What is missing; first that without which nothing can be done. */
const lacksOf = (capabilities: readonly Capability[]): Capability[] =>
  capabilities
    .filter(({ verdict }) => verdict === 'no' || verdict === 'unsupported')
    .sort((a, b) => Number(isEssentialLack(b)) - Number(isEssentialLack(a)));
const unknownOf = (capabilities: readonly Capability[]): Capability[] => capabilities.filter(({ verdict }) => verdict === 'unknown');
const titles = (capabilities: readonly Capability[]): string => capabilities.map(({ name }) => CAPABILITIES[name].title).join(', ');

function toneOf(report: TenantReport): 'good' | 'warning' | 'attention' {
  if (!('capabilities' in report)) return 'warning';
  const { capabilities } = report;
  if (lacksOf(capabilities).some(isEssentialLack)) return 'attention';
  return capabilities.every(({ verdict }) => verdict === 'yes') ? 'good' : 'warning';
}

function stateWords(report: TenantReport): string {
  if (!('capabilities' in report)) return report.why;
  const [lacks, unknown] = [lacksOf(report.capabilities).length, unknownOf(report.capabilities).length];
  if (lacks + unknown === 0) return 'It can do everything Breakglass asks for';
  return [...(lacks > 0 ? [`${lacks} missing`] : []), ...(unknown > 0 ? [`${unknown} not known`] : [])].join(', ');
}

/** What one tenant can and cannot do: for each thing that is missing what is lost with it and what to do instead. */
export function tenantStatusCard(tenant: NamedTenant, report: TenantReport): Rendered {
  const capabilities = 'capabilities' in report ? report.capabilities : [];
  const [lacks, unknown] = [lacksOf(capabilities), unknownOf(capabilities)];
  const there = capabilities.filter(({ verdict }) => verdict === 'yes');
  const state = stateWords(report);
  const card = render({
    header: header('What this tenant can do', toneOf(report), state),
    facts: [textFact('Tenant', tenant.displayName, 80), codeFact('Tenant id', tenant.id), timeFact('Asked at', report.askedAt)],
    hasLacks: lacks.length > 0,
    lacks: lacks.slice(0, MOST_SHOWN).map(lackView),
    hasUnknown: unknown.length > 0,
    unknown: unknown.slice(0, MOST_SHOWN).map(lackView),
    hasThere: there.length > 0,
    there: there.map(({ name, evidence }) =>
      evidence === ANSWERED ? CAPABILITIES[name].title : `${CAPABILITIES[name].title}: ${plain(evidence, 160)}`,
    ),
    notes: [
      ...more(lacks.length - MOST_SHOWN, 'missing'),
      ...more(unknown.length - MOST_SHOWN, 'not known'),
      'npm run doctor says the same of a whole installation. Which permission is for what: docs/graph-permissions.md.',
    ],
  });
  return { card, summary: plain(`${tenant.displayName}: ${state}`, 200) };
}

const more = (count: number, words: string): string[] =>
  count > 0 ? [`${count} more ${words} are not shown here; npm run doctor shows all.`] : [];

function lackView(capability: Capability): LackView {
  const { title, lost, substitute } = CAPABILITIES[capability.name];
  return {
    tone: capability.verdict === 'unknown' ? 'default' : isEssentialLack(capability) ? 'attention' : 'warning',
    title,
    evidence: plain(capability.evidence, 400), // which section it stands in says whether it is known
    lost: lost.replaceAll('`', ''),
    substitute: substitute.replaceAll('`', ''),
  };
}

const LOOKS = {
  good: { mark: '✓', color: 'Good' },
  warning: { mark: '!', color: 'Warning' },
  attention: { mark: '✕', color: 'Attention' },
} as const;

/** The same tenant in one line of `status`. */
export function tenantRow({ name, displayName }: NamedTenant, report: TenantReport): TenantRow {
  const capabilities = 'capabilities' in report ? report.capabilities : [];
  const [lacks, unknown] = [lacksOf(capabilities), unknownOf(capabilities)];
  const words = [
    ...('why' in report ? [report.why] : []),
    ...(lacks.length > 0 ? [`Without: ${titles(lacks)}.`] : []),
    ...(unknown.length > 0 ? [`Not known: ${titles(unknown)}.`] : []),
  ];
  return {
    ...LOOKS[toneOf(report)],
    title: plain(`${plain(displayName, 80)} (${plain(name, 40)})`),
    words: plain(words.length > 0 ? words.join(' ') : 'Everything Breakglass asks for is there.', 400),
    count: capabilities.length === 0 ? 'no answer' : `${capabilities.length - lacks.length - unknown.length} of ${capabilities.length}`,
  };
}
