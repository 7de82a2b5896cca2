/** What a process has used so far, as Linux counts it: this needs /proc. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Whether a process can be measured here at all. */
export function canMeasure(): boolean {
  return existsSync('/proc/self/stat');
}

/** CPU seconds of user and system together, all threads; in steps of 10 ms on most machines. */
export function cpuSeconds(pid: number): number {
  return cpuTicks(readFileSync(`/proc/${pid}/stat`, 'utf8')) / ticksPerSecond();
}

/** The most memory it ever held, in MiB. */
export function peakMemoryMiB(pid: number): number {
  return memoryMiB(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmHWM');
}

/** What it holds now, in MiB. */
export function residentMemoryMiB(pid: number): number {
  return memoryMiB(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS');
}

/** Of the text of /proc/<pid>/stat. */
export function cpuTicks(stat: string): number {
  // The name, in brackets, may hold spaces and brackets: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Of the text of /proc/<pid>/status. */
export function memoryMiB(status: string, name: 'VmHWM' | 'VmRSS'): number {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return Number(kibibytes) / 1024;
}

let ticks: number | undefined;

function ticksPerSecond(): number {
  return (ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })));
}
