import { TENANTS } from '../../../sandbox/world.ts';
import { withBanner } from '../../../src/cards/render.ts';
import { auditCard, auditLinkCard } from '../../../src/cards/views/audit.ts';
import { heartbeatCard } from '../../../src/cards/views/heartbeat.ts';
import { helpCard } from '../../../src/cards/views/help.ts';
import { noticeCard } from '../../../src/cards/views/notice.ts';
import { proofCard } from '../../../src/cards/views/proof.ts';
import { statusCard } from '../../../src/cards/views/status.ts';
import { welcomePersonalCard, welcomeTeamCard } from '../../../src/cards/views/welcome.ts';
import { whoamiCard } from '../../../src/cards/views/whoami.ts';
import { digestOf } from '../../../src/core/digest.ts';
import { anAccount, aRequest, hours, minutes, NOON, person } from '../../support/builders.ts';
import type { Example } from '../example.ts';
import { B2C, FREE, SILENT, WELL } from './tenants.ts';

const PROOF_URL = `https://breakglass.contoso.example/prove/${'7'.repeat(43)}`;
const ROOT = Buffer.from(digestOf('root of an audit log'), 'hex').toString('base64');
const HEAD = { size: 1284, root: ROOT };
const AUDIT = { ...HEAD, checked: 1284, within: 1284, days: {}, newest: { at: minutes(-3).toISOString(), intent: 'approve-request' } };
const AUDIT_URL = `https://breakglass.contoso.example/audit/${'aA0_-'.repeat(9).slice(0, 43)}`;

export const OTHERS: readonly Example[] = [
  {
    card: 'heartbeat',
    state: 'well',
    rendered: heartbeatCard({ at: NOON, everySeconds: 300, openAlerts: 0, silentFeeds: 0, feeds: 4, audit: HEAD }),
    main: true,
  },
  {
    card: 'heartbeat',
    state: 'silent-feed',
    rendered: heartbeatCard({ at: NOON, everySeconds: 300, openAlerts: 2, silentFeeds: 1, feeds: 4, audit: HEAD }),
  },
  { card: 'audit', state: 'good', rendered: auditCard({ ...AUDIT, export: 'here' }), main: true },
  {
    card: 'audit',
    state: 'days-in-channel',
    rendered: auditCard({ ...AUDIT, days: { from: '2026-11-01', to: '2026-11-30' }, within: 212, export: 'in-channel' }),
  },
  { card: 'audit', state: 'too-long', rendered: auditCard({ ...AUDIT, size: 2_000_000, checked: 911_500, export: 'no-address' }) },
  {
    card: 'audit',
    state: 'changed',
    rendered: auditCard({
      ...AUDIT,
      checked: 611,
      flaw: { seq: 612, words: 'does not belong to its leaf: one of the two was changed' },
      export: 'here',
    }),
  },
  { card: 'audit', state: 'link', rendered: auditLinkCard({ from: '2026-11-01', to: '2026-11-30' }, AUDIT_URL, 5) },
  {
    card: 'help',
    state: 'approver',
    rendered: helpCard({
      name: 'Ann Archer',
      roles: ['approver'],
      commands: [
        { usage: 'requests [id]', summary: 'Open requests, or one with its plan, tally and steps.' },
        { usage: 'accounts [name]', summary: 'Accounts with their health, or one with everything known.' },
        { usage: 'whoami', summary: 'Who you are to me and what you may do.' },
      ],
    }),
  },
  {
    card: 'help',
    state: 'unknown',
    rendered: helpCard({
      name: 'Ann Archer',
      roles: [],
      commands: [{ usage: 'accounts [name]', summary: 'Accounts with their health.' }],
      unknown: { typed: 'acounts', nearest: 'accounts' },
    }),
  },
  { card: 'welcome', state: 'security-channel', rendered: welcomeTeamCard({ channelIsSecurity: true }) },
  { card: 'welcome', state: 'other-channel', rendered: welcomeTeamCard({ channelIsSecurity: false }) },
  { card: 'welcome', state: 'personal', rendered: welcomePersonalCard({ name: 'Dana Diaz' }) },
  {
    card: 'whoami',
    state: 'approver',
    rendered: whoamiCard({
      name: 'Cy Chen',
      objectId: person('cy').objectId,
      found: true,
      personKey: 'E1004',
      roles: ['approver', 'auditor'],
      ownerOf: [anAccount().userPrincipalName],
      custodianOf: [],
    }),
  },
  {
    card: 'whoami',
    state: 'new-approver',
    rendered: whoamiCard({
      name: 'Fay Fischer',
      objectId: person('fay').objectId,
      found: true,
      personKey: 'E1007',
      roles: ['approver', 'auditor'],
      countsFrom: hours(24),
      ownerOf: [],
      custodianOf: [],
    }),
  },
  {
    card: 'whoami',
    state: 'member',
    rendered: whoamiCard({
      name: 'Mal Moore',
      objectId: person('mal').objectId,
      found: true,
      personKey: 'E1009',
      roles: [],
      ownerOf: [],
      custodianOf: [],
    }),
  },
  {
    card: 'whoami',
    state: 'guest',
    rendered: whoamiCard({
      name: 'Gus Grant',
      objectId: person('gus').objectId,
      found: false,
      why: 'guest',
      roles: [],
      ownerOf: [],
      custodianOf: [],
    }),
  },
  {
    card: 'status',
    state: 'good',
    rendered: statusCard({
      monitors: 'as-shipped',
      drills: { passed: 3, of: 3, failed: [] },
      now: NOON,
      version: '0.1.0',
      mode: 'sandbox',
      database: 'PGlite in .data, fsync on',
      feeds: [
        { tenant: 'Contoso', feed: 'azure-monitor', lastSuccessAt: minutes(-1) },
        { tenant: 'Contoso', feed: 'graph-sign-ins', lastSuccessAt: minutes(-2) },
      ],
      jobs: { waiting: 0, failed: 0 },
      timers: { waiting: 4, nextAt: hours(3) },
      audit: { size: 128, root: ROOT },
      tenants: [
        { tenant: TENANTS.contoso, report: WELL },
        { tenant: TENANTS['fabrikam-b2c'], report: B2C },
        { tenant: TENANTS.northwind, report: FREE },
      ],
      limits: ['No second proof of the person who clicks: a stolen channel token speaks for anybody until it expires.'],
    }),
  },
  {
    card: 'status',
    state: 'failing',
    rendered: statusCard({
      monitors: { differSince: minutes(-40) },
      drills: { passed: 1, of: 2, failed: [{ account: 'north.harbor@contoso.onmicrosoft.com', hop: 'webhook' }] },
      now: NOON,
      version: '0.1.0',
      mode: 'production',
      database: 'PostgreSQL 18',
      feeds: [
        { tenant: 'Contoso', feed: 'graph-sign-ins', lastSuccessAt: minutes(-40), error: 'Graph answered 503' },
        { tenant: 'Contoso', feed: 'event-hub', lastSuccessAt: minutes(-130), silent: true },
        { tenant: 'Northwind', feed: 'graph-sign-ins' },
      ],
      jobs: { waiting: 3, failed: 1 },
      timers: { waiting: 0 },
      audit: { size: 1, root: ROOT },
      tenants: [{ tenant: TENANTS.contoso, report: SILENT }],
      limits: [],
    }),
  },
  {
    card: 'proof',
    state: 'approve',
    rendered: proofCard({ request: aRequest({ secondProof: true }), decision: 'approve', url: PROOF_URL, minutes: 5 }),
  },
  {
    card: 'proof',
    state: 'deny',
    rendered: proofCard({ request: aRequest({ secondProof: true }), decision: 'deny', url: PROOF_URL, minutes: 5 }),
  },
  { card: 'notice', state: 'good', rendered: noticeCard({ title: 'Thank you', text: 'Your approval is counted: 1 of 2.', tone: 'good' }) },
  {
    card: 'notice',
    state: 'attention',
    rendered: noticeCard({
      title: 'Not done',
      text: 'You asked for this yourself, so you cannot decide on it. Two other people must; you can withdraw it.',
      tone: 'attention',
    }),
  },
  {
    card: 'notice',
    state: 'neutral',
    rendered: noticeCard({ title: 'Nothing to do', text: 'There is nothing left to do here.', tone: 'neutral' }),
  },
  {
    card: 'notice',
    state: 'with-banner',
    rendered: withBanner(
      noticeCard({ title: 'Thank you', text: 'Your approval is counted.', tone: 'good' }),
      'SANDBOX: nothing here is real',
    ),
  },
];
