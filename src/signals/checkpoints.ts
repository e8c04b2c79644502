import type { CheckpointStore } from '@azure/event-hubs';
import type { StreamLedger } from '../app/ports.ts';

type Ownership = Awaited<ReturnType<CheckpointStore['listOwnership']>>[number];

/**
 * Positions and ownership of one stream in our own database, as the library's event processor wants them.
 *
 * The library takes an ownership for expired by its own clock. What it is told as the instant of the last renewal is therefore its own
 * clock less the age by the database's: a replica whose clock is wrong takes nothing from the others.
 */
export function checkpointStore(ledger: StreamLedger, stream: string): CheckpointStore {
  return {
    async listOwnership(fullyQualifiedNamespace, eventHubName, consumerGroup) {
      const owners = await ledger.owners(stream);
      return owners.map(({ partition, owner, version, ageMs }) => ({
        fullyQualifiedNamespace,
        eventHubName,
        consumerGroup,
        partitionId: partition,
        ownerId: owner,
        etag: version,
        lastModifiedTimeInMs: Date.now() - ageMs,
      }));
    },
    async claimOwnership(wanted) {
      const claimed: Ownership[] = [];
      for (const ownership of wanted) {
        const now = await ledger.claim(stream, ownership.partitionId, ownership.ownerId, ownership.etag);
        if (now) claimed.push({ ...ownership, etag: now.version, lastModifiedTimeInMs: Date.now() - now.ageMs });
      }
      return claimed;
    },
    async updateCheckpoint({ partitionId, offset, sequenceNumber }) {
      await ledger.savePosition(stream, { partition: partitionId, offset, sequenceNumber });
    },
    async listCheckpoints(fullyQualifiedNamespace, eventHubName, consumerGroup) {
      const positions = await ledger.positions(stream);
      return positions.map(({ partition, offset, sequenceNumber }) => ({
        fullyQualifiedNamespace,
        eventHubName,
        consumerGroup,
        partitionId: partition,
        offset,
        sequenceNumber,
      }));
    },
  };
}
