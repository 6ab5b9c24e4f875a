import type { ReportCounts } from './report.ts'

export interface Cost {
  /** ISO 4217. */
  readonly currency: string
  /** Millionths of its unit. */
  readonly amount: number
}

/** What became of some calls, in numbers that a person compares. */
export interface Figures {
  readonly attempted: number
  readonly eligible: number
  readonly invited: number
  readonly sent: number
  readonly delivered: number
  readonly read: number
  readonly replied: number
  /** An agent took the conversation. */
  readonly handled: number
  readonly closed: number
  readonly failed: number
  readonly skipped: number
  readonly optedOut: number
  /** Closed before any agent took it. */
  readonly abandoned: number
  /** Null: nobody gave a score. */
  readonly csat: { readonly average: number; readonly answers: number } | null
  /** Averages in seconds; null: it has not happened. */
  readonly seconds: {
    readonly callToText: number | null
    readonly textToReply: number | null
    readonly replyToAgent: number | null
    /** From taken to closed. */
    readonly handling: number | null
  }
  /** Followed by another call of the same consumer; null: not known. */
  readonly repeated: number | null
  /** Answered, and not followed by another call; null: not known. */
  readonly contained: number | null
  /** One entry a currency. */
  readonly cost: readonly Cost[]
  /** Of each currency, by handled calls; empty: none was handled. */
  readonly costPerHandled: readonly Cost[]
}

/** What is no sum of the calls' own measures. */
export interface BesideCounts {
  readonly repeated: number | null
  readonly contained: number | null
  readonly cost: readonly Cost[]
}
const nothingBeside: BesideCounts = { repeated: null, contained: null, cost: [] }

export function figuresOf(counts: ReportCounts, beside: BesideCounts = nothingBeside): Figures {
  const average = (ms: number, times: number) => (times === 0 ? null : ms / times / 1000)
  return {
    attempted: counts.attempted,
    eligible: counts.eligible,
    invited: counts.invited,
    sent: counts.sent,
    delivered: counts.delivered,
    read: counts.read,
    replied: counts.replied,
    handled: counts.taken,
    closed: counts.closed,
    failed: counts.failed,
    skipped: counts.skipped,
    optedOut: counts.opted_out,
    abandoned: counts.abandoned,
    csat: counts.csat_count === 0 ? null : { average: counts.csat_sum / counts.csat_count, answers: counts.csat_count },
    seconds: {
      callToText: average(counts.to_text_ms, counts.sent),
      textToReply: average(counts.to_reply_ms, counts.timed_replies),
      replyToAgent: average(counts.to_agent_ms, counts.taken),
      handling: average(counts.handling_ms, counts.handled),
    },
    ...beside,
    costPerHandled:
      counts.taken === 0
        ? []
        : beside.cost.map(({ currency, amount }) => ({ currency, amount: Math.round(amount / counts.taken) })),
  }
}
