import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { initial } from './migrations/0001_initial.ts';
import { secondProof } from './migrations/0002_second_proof.ts';
import { cardOrder } from './migrations/0003_card_order.ts';
import { provenApproval } from './migrations/0004_proven_approval.ts';
import { quarantine } from './migrations/0005_quarantine.ts';
import { cases } from './migrations/0006_cases.ts';
import { accountRequests } from './migrations/0007_account_requests.ts';
import { watch } from './migrations/0008_watch.ts';
import { paperAndKeys } from './migrations/0009_paper_and_keys.ts';
import { folds } from './migrations/0010_folds.ts';
import { drills } from './migrations/0011_drills.ts';
import { streams } from './migrations/0012_streams.ts';
import { seenInAzure } from './migrations/0013_seen_in_azure.ts';
import { askedLately } from './migrations/0014_asked_lately.ts';
import { auditExport } from './migrations/0015_audit_export.ts';
import { credentialAlerts } from './migrations/0016_credential_alerts.ts';
import type { Tables } from './tables.ts';

/** By name, in order. Forward only. */
export const MIGRATIONS: Readonly<Record<string, readonly string[]>> = {
  '0001_initial': initial,
  '0002_second_proof': secondProof,
  '0003_card_order': cardOrder,
  '0004_proven_approval': provenApproval,
  '0005_quarantine': quarantine,
  '0006_cases': cases,
  '0007_account_requests': accountRequests,
  '0008_watch': watch,
  '0009_paper_and_keys': paperAndKeys,
  '0010_folds': folds,
  '0011_drills': drills,
  '0012_streams': streams,
  '0013_seen_in_azure': seenInAzure,
  '0014_asked_lately': askedLately,
  '0015_audit_export': auditExport,
  '0016_credential_alerts': credentialAlerts,
};

/**
 * Brings the schema up to date: transactional, under an advisory lock, so that two replicas starting together do it once.
 *
 * @throws whatever the database refuses; nothing is half done then
 */
export async function migrate(database: Kysely<Tables>): Promise<void> {
  const migrations: Record<string, Migration> = {};
  for (const [name, statements] of Object.entries(MIGRATIONS)) {
    migrations[name] = {
      async up(connection) {
        for (const statement of statements) await sql.raw(statement).execute(connection);
      },
    };
  }
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
