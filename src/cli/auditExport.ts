import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { exportLines } from '../app/auditLog.ts';
import { words } from '../cards/refusals.ts';
import { ConfigFault } from '../config/fault.ts';
import { parseSettings, type Settings } from '../config/settings.ts';
import { type AuditDays, parseDays } from '../core/audit/days.ts';
import { actorId } from '../core/people.ts';
import { headerOf } from '../paper/auditExport.ts';
import { atTheDoor, OPERATOR } from './atTheDoor.ts';
import { verifyExportFile } from './verifyExport.ts';

/**
 * `npm run audit:export -- FILE [FROM] [TO]`: exports the audit log at the machine, with the settings of production, and checks the file. It goes
 * through the one door like a link does, so the log tells of it. An embedded database must not be in use.
 */
const [file, ...given] = process.argv.slice(2);
if (!file || file.startsWith('-')) end('Usage: npm run audit:export -- FILE [FROM] [TO], days in UTC as 2026-11-01');
const days = parseDays(given);
if (!days.ok) end(days.error);
const parsed = parseSettings(process.env, 'production');
if (!parsed.ok) end(parsed.fault.message);
// A file that is there already is nobody's to write over.
const out = await open(file, 'wx', 0o600).catch((error: { readonly code?: string }) =>
  end(error.code === 'EEXIST' ? `${file} is there already.` : `${file} cannot be written (${error.code ?? 'unknown'}).`),
);
try {
  await exportTo(out, days.value, parsed.settings);
} catch (error) {
  rmSync(file, { force: true });
  end(
    error instanceof ConfigFault ? error.message : `The audit log could not be exported: ${error instanceof Error ? error.message : error}`,
  );
}
const checked = await verifyExportFile(file);
if (!checked.ok) {
  const { seq, words: why } = checked.error;
  end(`${file} is written, and the log in it is NOT as it was written. ${seq === undefined ? '' : `Entry ${seq}: `}${why}`);
}
const { size, root, bodies } = checked.value.header;
process.stdout.write(`${file}: ${size} entries, verified, with the text of ${bodies}. Keep its head elsewhere: ${size}:${root}\n`);

function exportTo(target: FileHandle, wanted: AuditDays, settings: Settings): Promise<void> {
  return atTheDoor(
    settings,
    () => undefined,
    async (front, store) => {
      const outcome = await front.dispatch(OPERATOR, { kind: 'export-audit', days: wanted });
      if (!outcome.ok) throw new Error(words(outcome.error));
      await pipeline(exportLines(store, headerOf(outcome.value, actorId(OPERATOR))), target.createWriteStream());
    },
  );
}

function end(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
