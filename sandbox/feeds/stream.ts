import { randomUUID } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { selfSigned } from '../certificate.ts';
import type { JsonObject } from '../tenant/json.ts';
import type { LogCategory, LogRow } from '../tenant/records.ts';
import type { TenantState } from '../tenant/state.ts';
import { AZURE, HOME_TENANT, PEOPLE } from '../world.ts';
import { openDeliveries } from './deliveries.ts';
import { diagnosticRecord } from './diagnosticRecord.ts';
import { type EventHubPeer, eventHubPeer } from './eventHubPeer.ts';
import { everydaySignIn } from './everydaySignIn.ts';
import type { FeedFault } from './feedFault.ts';
import { heldInDocuments } from './heldEvents.ts';

export interface StreamOptions {
  readonly state: TenantState;
  /** Whether a token is of somebody who may receive from the hub. */
  readonly admits: (token: string) => Promise<boolean>;
  /** Whether what is deployed sends this log of a tenant to the hub. */
  readonly ships: (tenantId: string, category: LogCategory) => boolean;
  /** Takes the fault that strikes what is noted now. */
  readonly fault: () => FeedFault | undefined;
  readonly isSilent: () => boolean;
}

export interface DiagnosticStream {
  /** Where consumers reach the hub: on loopback, by TLS. */
  readonly endpoint: string;
  readonly hub: Pick<EventHubPeer, 'claims' | 'readers'>;
  /** Everyday traffic as of now, without waiting for its turn: the clock was moved. */
  stir(): void;
  close(): Promise<void>;
}

const PARTITIONS = 2;
/** A tenant is never quiet: people's applications renew their tokens all day long. */
const EVERYDAY_MS = 10_000;

/**
 * The logs of tenants on their way through an event hub, as diagnostic settings send them. Rows that matter can be lost, doubled, held back
 * or late like any feed's; everyday traffic goes its way beside them, unless the stream has fallen silent.
 */
export async function openStream({ state, admits, ships, fault, isSilent }: StreamOptions): Promise<DiagnosticStream> {
  const peer = await eventHubPeer({
    pem: trustedPem(),
    hub: AZURE.eventHub.name,
    consumerGroup: AZURE.eventHub.consumerGroup,
    partitions: heldInDocuments(state.documents, 'hub.events', PARTITIONS),
    now: () => state.clock.now(),
    admits,
  });
  let turn = 0;
  const send = (records: readonly JsonObject[]): void => {
    turn += 1;
    peer.send(turn % PARTITIONS, JSON.stringify({ records }));
  };
  const deliveries = openDeliveries<JsonObject>({
    state,
    collection: 'feed.eventHub',
    fault,
    ready: () => true,
    async send(record) {
      send([record]);
      return true;
    },
  });

  let everyday: JsonObject[] = [];
  state.shippers.push((category, row) => {
    if (!ships(row.tenantId, category)) return;
    const record = diagnosticRecord(category, row);
    if (category === 'ServicePrincipalSignInLogs') everyday.push(record);
    else deliveries.owe(record, row.availableAtMs);
  });
  const people = Object.values(PEOPLE).filter(({ tenantId, userType }) => tenantId === HOME_TENANT.id && userType === 'Member');
  function stir(): void {
    const records = everyday;
    everyday = [];
    const person = people[turn % people.length];
    if (person && ships(HOME_TENANT.id, 'NonInteractiveUserSignInLogs')) {
      const row: LogRow = everydaySignIn(randomUUID(), person, state.clock.now());
      records.push(diagnosticRecord('NonInteractiveUserSignInLogs', row));
    }
    if (records.length > 0 && !isSilent()) send(records);
  }
  stir();
  const beat = setInterval(stir, EVERYDAY_MS).unref();

  return {
    endpoint: peer.endpoint,
    hub: peer,
    stir,
    async close() {
      clearInterval(beat);
      await deliveries.close();
      await peer.stop();
    },
  };
}

/**
 * A key of this process for its own loopback, which is written nowhere. The client of Event Hubs takes no certificates of ours, so the process
 * trusts this one; it is good for localhost and vouches for no other. Its subject is its own: of two with one name, the wrong one might be asked.
 */
function trustedPem(): string {
  const { pem } = selfSigned(`sandbox ${randomUUID()}`, ['localhost'], 'ec');
  setDefaultCACertificates([...getCACertificates(), pem.slice(0, pem.indexOf('-----BEGIN PRIVATE'))]);
  return pem;
}
