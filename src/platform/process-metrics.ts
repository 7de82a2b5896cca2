/**
 * What the process itself costs, under the names that prom-client and its dashboards use. Not prom-client's own
 * `collectDefaultMetrics`: its event loop timer and its observer of garbage collections can never be stopped.
 */
import { constants, monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { Counter, Gauge, Histogram } from './prometheus.ts';

/** Registers the metrics, which are read when the registry is. Returns what stops the measuring. */
export function collectProcessMetrics(registry: Registry): () => void {
  collectCpu(registry);
  collectMemory(registry);
  collectResources(registry);
  const stopEventLoop = collectEventLoop(registry);
  const stopGarbage = collectGarbageCollection(registry);
  return () => {
    stopEventLoop();
    stopGarbage();
  };
}

type Reading = { name: string; help: string; read: () => number };

function gauge(registry: Registry, { name, help, read }: Reading): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

function counter(registry: Registry, { name, help, read }: Reading): void {
  new Counter({
    name,
    help,
    registers: [registry],
    // The reading is a total already; a counter can only be increased.
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

function collectCpu(registry: Registry): void {
  const user = () => process.cpuUsage().user / 1e6;
  const system = () => process.cpuUsage().system / 1e6;
  counter(registry, { name: 'process_cpu_user_seconds_total', help: 'CPU time in our code.', read: user });
  counter(registry, {
    name: 'process_cpu_system_seconds_total',
    help: 'CPU time in the kernel.',
    read: system,
  });
  counter(registry, { name: 'process_cpu_seconds_total', help: 'CPU time.', read: () => user() + system() });
  gauge(registry, {
    name: 'process_start_time_seconds',
    help: 'Start of the process, as Unix time.',
    read: () => performance.timeOrigin / 1000,
  });
}

function collectMemory(registry: Registry): void {
  const usage = () => process.memoryUsage();
  gauge(registry, {
    name: 'process_resident_memory_bytes',
    help: 'Memory that the process holds.',
    read: () => process.memoryUsage.rss(),
  });
  gauge(registry, {
    name: 'nodejs_heap_size_total_bytes',
    help: 'Heap reserved.',
    read: () => usage().heapTotal,
  });
  gauge(registry, {
    name: 'nodejs_heap_size_used_bytes',
    help: 'Heap in use.',
    read: () => usage().heapUsed,
  });
  gauge(registry, {
    name: 'nodejs_external_memory_bytes',
    help: 'Memory of buffers.',
    read: () => usage().external,
  });
}

function collectResources(registry: Registry): void {
  new Gauge({
    name: 'nodejs_active_resources',
    help: 'Sockets, timers and other things that keep the process alive.',
    labelNames: ['type'],
    registers: [registry],
    collect() {
      this.reset();
      for (const type of process.getActiveResourcesInfo()) this.inc({ type });
    },
  });
  const version = new Gauge({
    name: 'nodejs_version_info',
    help: 'Always 1; the version is the label.',
    labelNames: ['version'],
    registers: [registry],
  });
  version.set({ version: process.version }, 1);
}

const resolutionMs = 10;

function collectEventLoop(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  const since = 'How late timers came since the last reading.';
  const lag = (percentile: number) => lagSeconds(delay.percentile(percentile));
  gauge(registry, { name: 'nodejs_eventloop_lag_p50_seconds', help: since, read: () => lag(50) });
  gauge(registry, { name: 'nodejs_eventloop_lag_p99_seconds', help: since, read: () => lag(99) });
  gauge(registry, {
    name: 'nodejs_eventloop_lag_max_seconds',
    help: since,
    read: () => {
      const worst = lag(100);
      delay.reset();
      return worst;
    },
  });
  gauge(registry, {
    name: 'nodejs_eventloop_utilization',
    help: 'Share of the time since the last reading in which the event loop was busy.',
    read: utilizationReader(),
  });
  delay.enable();
  return () => delay.disable();
}

/** Node measures from tick to tick, the timer's own period included. */
function lagSeconds(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3);
}

function utilizationReader(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const current = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(current, last);
    last = current;
    return utilization;
  };
}

const garbageKinds = new Map<unknown, string>([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

function collectGarbageCollection(registry: Registry): () => void {
  const duration = new Histogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'Pauses of the garbage collector.',
    labelNames: ['kind'],
    buckets: [0.001, 0.01, 0.1, 1],
    registers: [registry],
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      duration.observe({ kind: garbageKind(entry) }, entry.duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}

function garbageKind(entry: object): string {
  const detail = 'detail' in entry ? entry.detail : undefined;
  const kind = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined;
  return garbageKinds.get(kind) ?? 'other';
}
