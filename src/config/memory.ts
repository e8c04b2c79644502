import { writeFileSync } from 'node:fs';
import type { ConfigProblem } from './fault.ts';

/**
 * Options of Node under which what the process holds in memory gets into a file or to a debugger (Node 24, "Command-line API"). A part is in memory
 * while its dialog is made, and a text of it for as long as the garbage collector leaves it (CR-5).
 */
const REVEALING = [
  '--abort-on-uncaught-exception', // a core dump
  '--heapsnapshot-signal',
  '--heapsnapshot-near-heap-limit',
  '--heap-prof',
  '--inspect',
  '--inspect-brk',
  '--inspect-wait',
  '--inspect-port',
  '--debug-port',
  '--report-on-fatalerror',
  '--report-on-signal',
  '--report-uncaught-exception',
];

/** @returns one problem for each option that would let memory out; production does not start with any */
export function memoryProblems(execArgv: readonly string[], nodeOptions: string = ''): ConfigProblem[] {
  const named = (words: readonly string[], option: string): boolean => words.some((word) => word.split('=', 1)[0] === option);
  const fromEnvironment = nodeOptions.split(/\s+/).map((word) => word.replace(/^["']/, ''));
  return REVEALING.flatMap((option) => {
    const places = [
      ...(named(execArgv, option) ? ['the command line of Node'] : []),
      ...(named(fromEnvironment, option) ? ['NODE_OPTIONS'] : []),
    ];
    return places.map((at) => ({ at, problem: `has ${option}, which can write credential parts to a file or show them to a debugger` }));
  });
}

/**
 * Leaves nothing of memory to core dumps and reports: of a process that dies no page is dumped, whoever collects core files (Linux,
 * core(5): coredump_filter), and a diagnostic report tells no environment and no network. For the first moment of a program.
 *
 * @returns what could not be had here, in words for `status`
 */
export function keepMemoryIn(
  execArgv: readonly string[] = process.execArgv,
  nodeOptions: string = process.env.NODE_OPTIONS ?? '',
): string[] {
  Object.assign(process.report, {
    excludeEnv: true,
    excludeNetwork: true,
    reportOnFatalError: false,
    reportOnSignal: false,
    reportOnUncaughtException: false,
  });
  const limits: string[] = [];
  try {
    writeFileSync('/proc/self/coredump_filter', '0x0');
  } catch {
    limits.push('A core dump of this process may hold credential parts: switch core dumps off where it runs.'); // not Linux, or no /proc
  }
  if (![...execArgv, ...nodeOptions.split(/\s+/)].includes('--disable-sigusr1')) {
    limits.push('Whoever may send signals to this process can debug it: start it by npm, or with --disable-sigusr1.');
  }
  return limits;
}
