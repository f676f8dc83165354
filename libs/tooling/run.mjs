import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

const GRACE_MS = 20_000;

/**
 * Runs a script with this Node and answers whether it succeeded. The child leads a process group of its own, so that a run that
 * takes too long is ended together with the servers it has started. What it says is shown when it has ended if others run beside it.
 */
export function runNode(args, { env = {}, timeoutMs = 10 * 60_000, beside = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: beside ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', ...env },
      detached: process.platform !== 'win32',
    });
    const said = [];
    for (const output of [child.stdout, child.stderr])
      output?.on('data', (part) => said.push(part));
    const relay = (signal) => endGroup(child, signal);
    const onInterrupt = () => relay('SIGINT');
    const onTerminate = () => relay('SIGTERM');
    process.once('SIGINT', onInterrupt).once('SIGTERM', onTerminate);

    const deadline = setTimeout(() => {
      console.error(`Not done after ${timeoutMs / 60_000} minutes; ended: node ${args.join(' ')}`);
      relay('SIGTERM');
      setTimeout(() => relay('SIGKILL'), GRACE_MS).unref();
    }, timeoutMs);

    const finish = (succeeded) => {
      clearTimeout(deadline);
      process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
      process.stdout.write(Buffer.concat(said));
      resolve(succeeded);
    };
    child.once('error', (error) => {
      console.error(`Could not run ${args[0]}: ${error.message}`);
      finish(false);
    });
    // `close` comes when everything it said has arrived.
    child.once('close', (code) => finish(code === 0));
  });
}

function endGroup(child, signal) {
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    // The group is gone: that is what the signal was for.
    if (error.code !== 'ESRCH') throw error;
  }
}
