import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { SignInFeed } from '../feeds/azureMonitor.ts';
import { objectOf, textOf } from './json.ts';
import { logDelay, rowsOfSignIn } from './logHabits.ts';
import { writeRow } from './logs.ts';
import { findGroup, transitiveMemberIds } from './membership.ts';
import { findMethodKind } from './methodKinds.ts';
import { DEFAULT_APP, signInApp } from './signInApps.ts';
import { judgeAttempt } from './signInAttempt.ts';
import { signInRow } from './signInRow.ts';
import { signInSteps } from './signInSteps.ts';
import { findTenant, type TenantState } from './state.ts';

const CLIENT_APP_TYPES = ['browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other'];
const DEFAULT_IP = '192.0.2.10';

/** `POST /sandbox/sign-ins`: a real attempt; its row, what it did to the lockout and the owed alert are one transaction. */
export function registerSignIns(server: FastifyInstance, state: TenantState, feed: SignInFeed): void {
  server.post('/sandbox/sign-ins', async (request, reply) => {
    const refuse = (error: string) => reply.code(400).send({ error });
    const body = objectOf(request.body);
    const tenant = findTenant(textOf(body, 'tenantId') ?? '');
    if (!tenant) return refuse('tenantId must be the id of a sandbox tenant.');
    const userPrincipalName = textOf(body, 'userPrincipalName');
    if (userPrincipalName === undefined) return refuse('userPrincipalName is missing.');
    const [password, named] = [textOf(body, 'password'), textOf(body, 'method')];
    const method = named === undefined ? undefined : (findMethodKind(named)?.kind ?? named);
    if (password === undefined && method === undefined) return refuse('Say how: password, method, or both.');
    const ip = textOf(body, 'ip') ?? DEFAULT_IP;
    if (isIP(ip) === 0) return refuse('ip must be an IPv4 or IPv6 address.');
    const clientAppType = textOf(body, 'clientAppType');
    if (clientAppType !== undefined && !CLIENT_APP_TYPES.includes(clientAppType)) {
      return refuse(`clientAppType must be one of ${CLIENT_APP_TYPES.join(', ')}.`);
    }
    const app = signInApp(textOf(body, 'app') ?? DEFAULT_APP);
    const attempt = { userPrincipalName, password, method, ip, app, ...(clientAppType === undefined ? {} : { clientAppType }) };
    const signInId = randomUUID();
    const errorCode = state.together(() => {
      const verdict = judgeAttempt(state, tenant, attempt);
      const hasP2 = tenant.kind === 'workforce';
      const at = state.clock.now();
      const entry = signInRow({ id: signInId, correlationId: randomUUID(), at, attempt, verdict, ip, hasP2 });
      const availableAtMs = Date.now() + logDelay(state);
      const row = { id: signInId, tenantId: tenant.id, availableAtMs, entry, more: signInSteps(at, attempt, verdict) };
      const steps = password !== undefined && method !== undefined ? 2 : 1;
      for (const one of rowsOfSignIn(state, row, steps)) writeRow(state, 'SignInLogs', one);
      const group = findGroup(state, tenant.id, tenant.exclusionGroupId);
      const isWatched = verdict.user !== undefined && group !== undefined && transitiveMemberIds(state, group).includes(verdict.user.id);
      if (isWatched) feed.owe(tenant, entry, availableAtMs);
      return verdict.errorCode;
    });
    return { result: errorCode === 0 ? 'success' : 'failure', errorCode, signInId };
  });
}
