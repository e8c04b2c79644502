import { logsFor, type MonitoredTenant } from '../../src/core/monitors/rules.ts';
import { monitorFiles } from '../../src/core/monitors/templates.ts';
import { SIGNALS_AUDIENCE } from '../tenant/apps.ts';
import type { LogCategory } from '../tenant/records.ts';
import { seedGuid } from '../tenant/seedGuid.ts';
import type { TenantState } from '../tenant/state.ts';
import { AZURE, HOME_TENANT } from '../world.ts';
import { type AzureResources, deploy, keyOf } from './resources.ts';

export interface PipelineOptions {
  readonly state: TenantState;
  readonly resources: AzureResources;
  /** The tenants and the accounts on record now, as `npm run monitors` would take them. */
  readonly watched: () => Promise<readonly MonitoredTenant[]>;
  /** Where the action group has to call. */
  readonly webhookUri: () => string;
}

/** An administrator's pipeline: renders the product's own templates and deploys them, whenever they come out otherwise than before. */
export interface Pipeline {
  /** @param always also where nothing changed: what was done by hand is gone then */
  run(always?: boolean): Promise<void>;
  readonly on: boolean;
  /** Whether what was deployed last names the account. */
  names(userId: string): boolean;
  /** Off, a new account makes what is deployed stale until somebody deploys. */
  turn(on: boolean): void;
  stop(): Promise<void>;
}

interface Kept {
  readonly off?: boolean;
  /** What was deployed last. */
  readonly deployed?: string;
}
const EVERY_MS = 2_000;
const STREAMED: readonly LogCategory[] = ['SignInLogs', 'NonInteractiveUserSignInLogs', 'ServicePrincipalSignInLogs', 'AuditLogs'];

export function openPipeline({ state, resources, watched, webhookUri }: PipelineOptions): Pipeline {
  const kept = (): Kept => state.documents.get<Kept>('tenant.settings', 'pipeline') ?? {};
  const keep = (changes: Kept): void => state.documents.put('tenant.settings', 'pipeline', { ...kept(), ...changes });
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  async function once(always: boolean): Promise<void> {
    if (kept().off === true && !always) return;
    const tenants = await watched();
    const wanted = JSON.stringify([tenants, webhookUri(), AZURE.eventHub.name]);
    if (wanted === kept().deployed && !always) return;
    state.together(() => {
      deployAll(resources, tenants, webhookUri());
      keep({ deployed: wanted });
    });
  }
  const run = (always = false): Promise<void> => {
    const next = running.then(() => once(always));
    running = next.catch(() => undefined); // whoever asked for it hears of it
    return next;
  };
  const plan = (): void => {
    timer = setTimeout(
      () =>
        void run()
          .catch((error: unknown) => console.error(error))
          .then(plan),
      EVERY_MS,
    );
    timer.unref();
  };
  plan();
  return {
    run,
    get on() {
      return kept().off !== true;
    },
    names: (userId) => kept().deployed?.includes(userId) === true,
    turn: (on) => keep({ off: !on }),
    async stop() {
      clearTimeout(timer);
      await running;
    },
  };
}

/**
 * As infra/README.md says: rules and action group, the rules of Sentinel, and in each directory that has a log its diagnostic setting. And as
 * docs/deploying.md says, the logs of the home tenant to an event hub as well.
 */
function deployAll(resources: AzureResources, tenants: readonly MonitoredTenant[], webhookUri: string): void {
  const files = monitorFiles(tenants);
  const into = { tenantId: HOME_TENANT.id, resourceGroup: AZURE.resourceGroup };
  const onCall = {
    tenantId: HOME_TENANT.id,
    id: `${AZURE.resourceGroup}/providers/Microsoft.Insights/actionGroups/on-call`,
    name: 'on-call',
    type: 'Microsoft.Insights/actionGroups',
    location: 'Global',
    properties: {
      groupShortName: 'on-call',
      enabled: true,
      emailReceivers: [{ name: 'on call', emailAddress: 'on-call@contoso.example' }],
    },
  };
  resources.put(keyOf(onCall), onCall);
  deploy(resources, files['alert-rules.json'] ?? '', {
    ...into,
    parameters: {
      workspaceId: AZURE.workspaceId,
      webhookUri,
      webhookAppObjectId: seedGuid('application/signals'),
      webhookAppIdUri: SIGNALS_AUDIENCE,
      homeTenantId: HOME_TENANT.id,
      peopleActionGroupIds: [onCall.id],
    },
  });
  deploy(resources, files['sentinel-rules.json'] ?? '', { ...into, parameters: { workspaceName: AZURE.workspaceName } });
  const toHub = {
    tenantId: HOME_TENANT.id,
    id: '/providers/microsoft.aadiam/diagnosticSettings/to-event-hub',
    name: 'to-event-hub',
    type: 'microsoft.aadiam/diagnosticSettings',
    properties: {
      eventHubAuthorizationRuleId: `${AZURE.eventHub.namespaceId}/authorizationRules/RootManageSharedAccessKey`,
      eventHubName: AZURE.eventHub.name,
      logs: STREAMED.map((category) => ({ category, enabled: true })),
    },
  };
  resources.put(keyOf(toHub), toHub);
  for (const tenant of tenants.filter(({ kind }) => kind !== 'free')) {
    const parameters = { workspaceId: AZURE.workspaceId, categories: [...logsFor(tenant)] };
    deploy(resources, files['diagnostic-settings.json'] ?? '', { tenantId: tenant.id, resourceGroup: '', parameters });
  }
}
