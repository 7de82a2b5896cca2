import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Stops a server when this process ends in whatever way, `kill -9` included: a small shell waits for the
 * end of a pipe that only this process holds. Returns the function that calls it off.
 */
export function stopWithThisProcess(pid: number): () => void {
  const script = 'read -r _; kill -INT "$1"';
  const shell = spawn('/bin/sh', ['-c', script, 'sh', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  });
  shell.on('error', () => undefined); // without it the server merely lives on until its next start
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  return () => shell.kill('SIGKILL');
}
