/**
 * What we use of prom-client, without the rest: its index loads OpenTelemetry's API and Node's cluster for metrics
 * that we do not take, 40 ms of a start.
 */
export { default as Counter } from 'prom-client/lib/counter.js';
export { default as Gauge } from 'prom-client/lib/gauge.js';
export { default as Histogram } from 'prom-client/lib/histogram.js';
export { default as Registry } from 'prom-client/lib/registry.js';
