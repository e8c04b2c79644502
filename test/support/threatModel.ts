import { existsSync } from 'node:fs';

/** The threat model the promises are named after; it lies beside the repository, or beside its worktree, and is in no commit. */
export const THREAT_MODEL = ['../../../shared/threat-model.md', '../../../../shared/threat-model.md']
  .map((path) => new URL(path, import.meta.url))
  .find(existsSync);
export const THREAT_MODEL_HINT =
  'Without ../shared/threat-model.md beside the repository, nobody looks whether it has promises that we lack.';
