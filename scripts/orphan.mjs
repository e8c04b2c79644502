// Preloaded (--import) into everything scripts/run.mjs starts: ends the process when the launcher is gone, however it went. A launcher
// killed with SIGKILL cannot pass anything on, and an orphan would hold the ports and the data folder.
import { alive } from './processes.mjs';

const launcher = Number(process.env.RUN_LAUNCHER_PID);
const GRACE_MS = 3_000;
const LOOK_EVERY_MS = 500;

function end() {
  if (process.listenerCount('SIGTERM') === 0) process.exit(1);
  process.emit('SIGTERM', 'SIGTERM'); // the program's own shutdown, if it has one
  setTimeout(() => process.exit(1), GRACE_MS).unref();
}

if (process.ppid === launcher && process.channel) {
  process.once('disconnect', end);
  process.channel.unref(); // watching for the launcher's end must not keep a finished program running
} else if (launcher > 0) {
  // Under --watch Node puts a process between the launcher and the program, and that one does not notice the launcher's end.
  const watcher = process.ppid;
  const timer = setInterval(() => {
    if (alive(launcher)) return;
    clearInterval(timer);
    if (process.ppid === watcher && watcher > 1) process.kill(watcher, 'SIGKILL');
    end();
  }, LOOK_EVERY_MS);
  timer.unref();
}
