import { Histogram } from '../prometheus.ts';
import type { Registry } from 'prom-client';

export interface JobMetrics {
  jobEnded(end: { name: string; outcome: 'done' | 'failed'; seconds: number }): void;
}

/** `job_duration_seconds`: its count says how many were done, and how many tries failed. */
export function createJobMetrics(registry: Registry): JobMetrics {
  const duration = new Histogram({
    name: 'job_duration_seconds',
    help: 'Time of one try of a job.',
    labelNames: ['job', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300],
    registers: [registry],
  });
  return {
    jobEnded({ name, outcome, seconds }) {
      duration.labels(name, outcome).observe(seconds);
    },
  };
}
