import { createReadStream } from 'node:fs';
import { exportVerifier, type KeptHead, type Problem, type Verdict } from '../core/audit/verifyExport.ts';
import { no, type Result } from '../core/result.ts';
import { linesOf } from './lines.ts';

/** Reads an export from its file and checks it. @throws what the file system refuses */
export async function verifyExportFile(file: string, kept: readonly KeptHead[] = []): Promise<Result<Verdict, Problem>> {
  const verifier = exportVerifier(kept);
  let number = 0;
  let ended = true;
  try {
    for await (const { text, whole } of linesOf(createReadStream(file))) {
      number += 1;
      ended = whole;
      // The line that was not ended is judged as such, and not by what is missing of it.
      if (whole && !verifier.line(text)) break;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return no({ line: number + 1, words: error.message });
  }
  return verifier.end(ended);
}
