import type { Settings } from '../config/settings.ts';
import { EmbeddedFault } from '../store/embedded.ts';
import { type Inspection, inspectDatabase } from '../store/inspect.ts';
import { locationOf } from './atTheDoor.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

const STEP = 'database';
const LEAST_VERSION = 15;

/** @returns what was found, and the accounts on record as far as they could be read */
export async function databaseFinding(settings: Settings): Promise<{ finding: Finding; accounts?: Inspection['accounts'] }> {
  try {
    const found = await inspectDatabase(locationOf(settings));
    if (!found) return { finding: ok(STEP, 'the embedded one is made at the first start.'), accounts: [] };
    return { finding: judged(found), accounts: found.accounts };
  } catch (error) {
    if (error instanceof EmbeddedFault)
      return {
        finding: warning(
          STEP,
          'the embedded one could not be opened.',
          'If Breakglass is running, that is why: stop it to have it looked at.',
        ),
      };
    const { code = 'unknown' } = Object(error) as { readonly code?: string }; // SQLSTATE, or the system's name for it; never its words
    return { finding: failed(STEP, `it does not answer (${code}).`, hintOf(code)) };
  }
}

function judged({ version, toMake, unknown }: Inspection): Finding {
  if (version < LEAST_VERSION) return failed(STEP, `PostgreSQL ${version}.`, `Version ${LEAST_VERSION} or newer is needed.`);
  if (unknown.length > 0)
    return failed(STEP, `a newer Breakglass has changed it (${unknown.join(', ')}).`, 'Start that newer version; there is no way back.');
  const rest = toMake.length > 0 ? `; the next start makes ${toMake.length} changes of its tables` : ', tables up to date';
  return ok(STEP, `PostgreSQL ${version}${rest}.`);
}

function hintOf(code: string): string {
  if (/^28/.test(code)) return 'The name or password in DATABASE_URL is refused.';
  if (code === '3D000') return 'The server has no such database: create it (docs/deploying.md, step 5).';
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) return 'The host in DATABASE_URL is not known to this machine.';
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return 'Its certificate is not trusted here: give its authority by sslrootcert.';
  return 'Check the address in DATABASE_URL, and whether this machine reaches it.';
}
