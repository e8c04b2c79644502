// What scripts/run.mjs and scripts/orphan.mjs need to know about other processes, without packages.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** @returns {{ name: string, state: string, parent: number } | undefined} undefined when there is no such process */
export function describe(pid) {
  if (process.platform !== 'linux') {
    const [, state, parent, name] =
      /^\s*(\S+)\s+(\d+)\s+(.*\S)/.exec(String(spawnSync('ps', ['-o', 'stat=,ppid=,comm=', '-p', String(pid)]).stdout)) ?? [];
    return name ? { name: name.replace(/^.*\//, ''), state: state[0], parent: Number(parent) } : undefined;
  }
  try {
    const [, name, state, parent] = /^\d+ \((.*)\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return name ? { name, state, parent: Number(parent) } : undefined;
  } catch {
    return undefined;
  }
}

export function alive(pid) {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A dead process keeps its number until its parent collects it, which the first process of a container may never do.
  return process.platform !== 'linux' || !['Z', undefined].includes(describe(pid)?.state);
}

/** The npm above us: our parent, or the one above the shell that npm starts scripts with. */
export function npmAbove() {
  const parent = describe(process.ppid);
  return parent && /^-?(a|ba|da|k|z)?sh$/.test(parent.name) ? parent.parent : process.ppid;
}
