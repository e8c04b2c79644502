import { sql } from 'kysely';
import type { PartitionOwner, StreamLedger } from '../app/ports.ts';
import type { Database } from './connect.ts';

/** In real time, not by the clock that the sandbox moves: a jump over a day would take every partition from whoever reads it. */
const AGE = sql<number>`(extract(epoch from clock_timestamp() - renewed_at) * 1000)::float8`;

/** The port `StreamLedger`: one statement each, so that of two replicas exactly one succeeds. */
export function streamLedgerOn(database: Database): StreamLedger {
  const db = () => database.current();
  return {
    async owners(stream) {
      const { rows } = await sql<Row>`
        select partition, owner, version::text, ${AGE} as age from stream_owner where stream = ${stream} order by partition`.execute(db());
      return rows.map(ownerFrom);
    },
    async claim(stream, partition, owner, version) {
      const { rows } = await (version === undefined
        ? sql<Row>`
            insert into stream_owner (stream, partition, owner, version) values (${stream}, ${partition}, ${owner}, 1)
            on conflict do nothing returning partition, owner, version::text, ${AGE} as age`
        : sql<Row>`
            update stream_owner set owner = ${owner}, version = version + 1, renewed_at = clock_timestamp()
            where stream = ${stream} and partition = ${partition} and version = ${version}::bigint
            returning partition, owner, version::text, ${AGE} as age`
      ).execute(db());
      return rows[0] && ownerFrom(rows[0]);
    },
    async positions(stream) {
      const rows = await db()
        .selectFrom('stream_position')
        .select(['partition', 'offset', 'sequence_number'])
        .where('stream', '=', stream)
        .orderBy('partition')
        .execute();
      return rows.map((row) => ({ partition: row.partition, offset: row.offset, sequenceNumber: Number(row.sequence_number) }));
    },
    async savePosition(stream, { partition, offset, sequenceNumber }) {
      await sql`
        insert into stream_position as known (stream, partition, "offset", sequence_number)
        values (${stream}, ${partition}, ${offset}, ${sequenceNumber})
        on conflict (stream, partition) do update
          set "offset" = excluded."offset", sequence_number = excluded.sequence_number, at = clock_timestamp()
          where known.sequence_number < excluded.sequence_number`.execute(db());
    },
  };
}

interface Row {
  readonly partition: string;
  readonly owner: string;
  readonly version: string;
  readonly age: number;
}
const ownerFrom = ({ partition, owner, version, age }: Row): PartitionOwner => ({ partition, owner, version, ageMs: age });
