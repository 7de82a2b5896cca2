import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createMetrics, type Metrics } from '#platform/metrics.ts';

let metrics: Metrics;
beforeEach(() => {
  metrics = createMetrics();
});
afterEach(() => metrics.close());

test('requests are counted by method, operation and status', async () => {
  metrics.requestStarted();
  metrics.requestStarted();
  metrics.requestFinished({ method: 'GET', operation: 'getItem', status: 200, seconds: 0.004 });
  const text = await metrics.text();
  expect(text).toContain('http_requests_in_flight 1');
  const labels = 'method="GET",operation="getItem",status="200"';
  expect(text).toContain(`http_request_duration_seconds_bucket{le="0.0025",${labels}} 0`);
  expect(text).toContain(`http_request_duration_seconds_bucket{le="0.005",${labels}} 1`);
  expect(text).toContain(`http_request_duration_seconds_sum{${labels}} 0.004`);
});

test('replies that break the contract are counted by operation', async () => {
  metrics.contractBreached('getItem');
  metrics.contractBreached('getItem');
  expect(await metrics.text()).toContain('contract_breaches_total{operation="getItem"} 2');
});

test.each([
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_start_time_seconds',
  'nodejs_heap_size_used_bytes',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_eventloop_lag_max_seconds',
  'nodejs_eventloop_utilization',
])('%s is a number', async (name) => {
  expect(await metrics.text()).toMatch(new RegExp(`^${name} [0-9.e-]+$`, 'm'));
});

test('a blocked event loop is seen', async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const end = Date.now() + 80;
  while (Date.now() < end);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const worst = /^nodejs_eventloop_lag_max_seconds (.*)$/m.exec(await metrics.text())?.[1];
  expect(Number(worst)).toBeGreaterThan(0.05);
});

test('two of them do not know of each other', async () => {
  const other = createMetrics();
  other.contractBreached('getItem');
  expect(await metrics.text()).not.toContain('operation="getItem"');
  other.close();
});

test('closing may be done twice, and the counts can still be read', async () => {
  metrics.contractBreached('getItem');
  metrics.close();
  metrics.close();
  expect(await metrics.text()).toContain('contract_breaches_total{operation="getItem"} 1');
});

test('the content type is that of Prometheus', () => {
  expect(metrics.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
});
