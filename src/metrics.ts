import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What the operator watches. Labels hold kinds and codes only: never an account, a number or a person (promise P9). */
export function metrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 })
  const registers = [registry]
  return {
    registry,
    requests: new Histogram({
      name: 'c2m_http_request_seconds',
      help: 'Time from the request line to the last byte of the answer, by route.',
      labelNames: ['route', 'method', 'status'] as const,
      buckets: [0.005, 0.015, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 5],
      registers,
    }),
    eligibility: new Counter({
      name: 'c2m_eligibility_total',
      help: 'Eligibility answers, by result: eligible, not-eligible, partial.',
      labelNames: ['result'] as const,
      registers,
    }),
    attempts: new Counter({
      name: 'c2m_attempts_total',
      help: 'Attempts to send that reached a state, by connector and state.',
      labelNames: ['connector', 'state'] as const,
      registers,
    }),
    failures: new Counter({
      name: 'c2m_send_failures_total',
      help: 'Sends that a provider refused or left unclear, by connector and kind.',
      labelNames: ['connector', 'kind'] as const,
      registers,
    }),
    heard: new Counter({
      name: 'c2m_hooks_heard_total',
      help: 'What providers told us, by connector and kind: message, unrouted, status, unmatched, opt-out, template, duplicate, malformed, ignored, unauthentic.',
      labelNames: ['connector', 'kind'] as const,
      registers,
    }),
    unknownAttempts: new Gauge({
      name: 'c2m_attempts_unknown',
      help: 'Attempts whose outcome is not known yet.',
      registers,
    }),
    openCircuits: new Gauge({
      name: 'c2m_senders_left_out',
      help: 'Senders whose provider failed again and again, and which are left out for a while.',
      registers,
    }),
    webhooks: new Counter({
      name: 'c2m_webhook_deliveries_total',
      help: 'Tries to deliver a webhook, by result: delivered, failed (tried again), given-up; and endpoint-disabled.',
      labelNames: ['result'] as const,
      registers,
    }),
    webhookSeconds: new Histogram({
      name: 'c2m_webhook_seconds',
      help: 'Time until a webhook endpoint had answered, or had not.',
      buckets: [0.05, 0.25, 1, 5, 15],
      registers,
    }),
    retentionDropped: new Counter({
      name: 'c2m_retention_dropped_total',
      help: 'Months and days of data that were dropped past their retention, by kind: transactions, messages, exchanges.',
      labelNames: ['kind'] as const,
      registers,
    }),
    retentionOverdue: new Gauge({
      name: 'c2m_retention_overdue',
      help: 'Months and days of data past their retention that could not be dropped yet, because they are being read.',
      registers,
    }),
    failingSchedules: new Gauge({
      name: 'c2m_export_schedules_failing',
      help: 'Export schedules whose newest file could not be made or delivered, whether it is tried again or not.',
      registers,
    }),
    problems: new Counter({
      name: 'c2m_problems_total',
      help: 'Requests refused, by problem code.',
      labelNames: ['code'] as const,
      registers,
    }),
  }
}

export type Metrics = ReturnType<typeof metrics>
