import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What the server counts about itself, in the Prometheus text format at `/metrics`; no label names a tenant. */
export interface Metrics {
  readonly registry: Registry
  readonly requests: Histogram<'operation' | 'status'>
  readonly refusals: Counter<'code'>
  readonly polls: Counter<'from'>
  readonly eventLag: Gauge
  readonly tasks: Counter<'task' | 'outcome'>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    requests: new Histogram({
      name: 'suture_http_request_duration_seconds',
      help: 'Time to answer, by operation and status',
      labelNames: ['operation', 'status'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
    refusals: new Counter({
      name: 'suture_refusals_total',
      help: 'Refusals, by code',
      labelNames: ['code'],
      registers,
    }),
    polls: new Counter({
      name: 'suture_polls_total',
      help: 'Polls of devices, by where the answer came from: memory or database',
      labelNames: ['from'],
      registers,
    }),
    eventLag: new Gauge({
      name: 'suture_event_lag_seconds',
      help: 'Age of the oldest event that a reader could not be given yet, because an older transaction still runs',
      registers,
    }),
    tasks: new Counter({
      name: 'suture_tasks_total',
      help: 'Tasks done, by outcome',
      labelNames: ['task', 'outcome'],
      registers,
    }),
  }
}
