/** What Twilio can be asked, one name for each operation of its descriptions. */
export type Operation =
  | 'create'
  | 'fetch'
  | 'list'
  | 'lookup'
  | 'account'
  | 'numbers'
  | 'service'
  | 'typing'
  | 'content-create'
  | 'content-fetch'
  | 'content-delete'
  | 'content-list'
  | 'approval-create'
  | 'approval-fetch'

/** What a rule looks at; a field left out fits everything. */
export interface FaultMatch {
  readonly operation?: Operation
  readonly to?: string
  readonly from?: string
  readonly bodyIncludes?: string
}

/** Goes wrong between Twilio's API and its caller. `accepts`: whether the message is made all the same. */
export type ApiFault =
  /** An error answer: 429 with `retryAfter`, 400 with a `code`, 500 before (`accepts: false`) or after accepting. */
  | {
      readonly do: 'error'
      readonly status: number
      readonly code?: number
      readonly retryAfter?: string
      readonly accepts?: boolean
    }
  /** The connection is destroyed: without a word, or after so many bytes of the answer. */
  | { readonly do: 'cut'; readonly accepts: boolean; readonly afterBytes?: number }
  | { readonly do: 'slow'; readonly ms: number; readonly accepts?: boolean }
  /** The answer comes a byte at a time. */
  | { readonly do: 'drip'; readonly everyMs: number; readonly accepts?: boolean }
  /** Any answer whatever: HTML with 200, a redirect. `times` repeats the body; `gzip` compresses it. */
  | {
      readonly do: 'raw'
      readonly status: number
      readonly body: string
      readonly contentType?: string
      readonly headers?: Readonly<Record<string, string>>
      readonly repeat?: number
      readonly gzip?: boolean
      readonly accepts?: boolean
    }
  /** The right answer with some fields changed; `undefined` cannot travel as JSON, so null leaves a field out. */
  | { readonly do: 'patch'; readonly fields: Readonly<Record<string, unknown>> }
  /** No answer until `release`. */
  | { readonly do: 'hold'; readonly accepts: boolean }
  /** Ends the process `pid` (a test's own server) with SIGKILL and then cuts the connection. */
  | { readonly do: 'kill'; readonly pid: number; readonly accepts: boolean }

/** Goes wrong between Twilio and the phone. */
export type StatusFault =
  | {
      readonly do: 'end'
      readonly status: 'undelivered' | 'failed' | 'canceled'
      readonly errorCode?: number
      /** WhatsApp's own words about it, `ChannelStatusMessage`. */
      readonly channelStatusMessage?: string
    }
  | { readonly do: 'stop-at'; readonly status: 'queued' | 'sent' }

/** Goes wrong between Twilio and our webhook. */
export type WebhookFault =
  | { readonly do: 'drop' }
  | { readonly do: 'double' }
  /** Another order than the true one; the same `seed`, the same order. */
  | { readonly do: 'shuffle'; readonly seed?: number }
  /** Behind everything else that waits; with automatic callbacks `ms` later. */
  | { readonly do: 'late'; readonly ms?: number }
  /** Delivered before the create is answered. */
  | { readonly do: 'before-answer' }

export type FaultRule = {
  readonly match?: FaultMatch
  /** How often it strikes; default 1. Over the control address write 1e9 for always: JSON has no Infinity. */
  readonly times?: number
  /** Lets so many fitting requests pass first. */
  readonly after?: number
  /** Strikes only every n-th fitting request: `every: 5` loses one in five. */
  readonly every?: number
} & (
  | ({ readonly phase: 'api' } & ApiFault)
  | ({ readonly phase: 'status' } & StatusFault)
  | ({ readonly phase: 'webhook' } & WebhookFault)
)

type Phase = FaultRule['phase']

export interface Faults {
  add(rule: FaultRule): void
  clear(): void
  /** The first rule of this phase that fits and still has strikes left; it loses one. */
  take<P extends Phase>(phase: P, facts: FaultMatch): Extract<FaultRule, { phase: P }> | undefined
}

export function faults(): Faults {
  let rules: { rule: FaultRule; left: number; fitted: number }[] = []
  return {
    add: (rule) => void rules.push({ rule, left: rule.times ?? 1, fitted: 0 }),
    clear: () => {
      rules = []
    },
    take: <P extends Phase>(phase: P, facts: FaultMatch) => {
      for (const entry of rules) {
        if (entry.rule.phase !== phase || entry.left <= 0 || !fits(entry.rule.match ?? {}, facts)) continue
        const beyond = ++entry.fitted - (entry.rule.after ?? 0)
        if (beyond <= 0 || beyond % (entry.rule.every ?? 1) !== 0) continue
        entry.left--
        return entry.rule as Extract<FaultRule, { phase: P }>
      }
      return undefined
    },
  }
}

function fits(match: FaultMatch, facts: FaultMatch): boolean {
  return (
    (match.operation === undefined || match.operation === facts.operation) &&
    (match.to === undefined || match.to === facts.to) &&
    (match.from === undefined || match.from === facts.from) &&
    (match.bodyIncludes === undefined || (facts.bodyIncludes ?? '').includes(match.bodyIncludes))
  )
}
