/** What a rule looks at; a field left out fits everything. */
export interface FaultMatch {
  readonly operation?:
    | 'send'
    | 'read'
    | 'create-template'
    | 'delete-template'
    | 'list-templates'
    | 'begin-upload'
    | 'upload'
    | 'media'
    | 'number'
    | 'subscribed-apps'
    | 'file'
  /** The consumer's number, E.164. */
  readonly to?: string
  readonly phoneNumberId?: string
  readonly bodyIncludes?: string
}

/** Goes wrong between Meta's API and its caller. `accepts`: whether the message is made all the same. */
export type ApiFault =
  /** An error in Meta's shape. */
  | {
      readonly do: 'error'
      readonly status: number
      readonly code?: number
      readonly subcode?: number
      readonly details?: string
      readonly retryAfter?: string
      readonly accepts?: boolean
    }
  /** The connection is destroyed: without a word, or after so many bytes of the answer. */
  | { readonly do: 'cut'; readonly accepts: boolean; readonly afterBytes?: number }
  | { readonly do: 'slow'; readonly ms: number; readonly accepts?: boolean }
  /** Any answer whatever. */
  | {
      readonly do: 'raw'
      readonly status: number
      readonly body: string
      readonly contentType?: string
      readonly accepts?: boolean
    }
  /** The right answer with some fields changed; null leaves a field out. */
  | { readonly do: 'patch'; readonly fields: Readonly<Record<string, unknown>> }
  /** No answer until `release`. */
  | { readonly do: 'hold'; readonly accepts: boolean }
  /** Ends the process `pid` (a test's own server) with SIGKILL and then cuts the connection. */
  | { readonly do: 'kill'; readonly pid: number; readonly accepts: boolean }

/** Goes wrong between Meta and the phone. */
export type StatusFault =
  | { readonly do: 'end'; readonly code: number; readonly details?: string }
  | { readonly do: 'stop-at'; readonly status: 'sent' | 'delivered' }

/** Goes wrong between Meta and our webhook. */
export type WebhookFault =
  | { readonly do: 'drop' }
  | { readonly do: 'double' }
  /** The other way round. */
  | { readonly do: 'reverse' }
  /** Behind everything else that waits. */
  | { readonly do: 'late' }
  /** Delivered before the send is answered. */
  | { readonly do: 'before-answer' }
  /** Times in milliseconds. */
  | { readonly do: 'milliseconds' }

export type FaultRule = {
  readonly match?: FaultMatch
  /** How often it strikes; default 1. Over the control address write 1e9 for always: JSON has no Infinity. */
  readonly times?: number
  /** Lets so many fitting requests pass first. */
  readonly after?: number
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
        if (++entry.fitted <= (entry.rule.after ?? 0)) continue
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
    (match.phoneNumberId === undefined || match.phoneNumberId === facts.phoneNumberId) &&
    (match.bodyIncludes === undefined || (facts.bodyIncludes ?? '').includes(match.bodyIncludes))
  )
}
