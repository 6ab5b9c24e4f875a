import type { FaultCount } from '../fault-rules.ts'

/** An error answer in the provider's own shape: 429 with `retryAfter`, 400 with a `code`, 500 before or after accepting. */
export interface ErrorFault {
  readonly do: 'error'
  readonly status: number
  readonly code?: number
  readonly retryAfter?: string
  readonly accepts?: boolean
}

/** Goes wrong between a provider's API and its caller. `accepts`: whether the message is made all the same. */
export type ConnectionFault =
  /** The connection is destroyed: without a word, or after so many bytes of the answer. */
  | { readonly do: 'cut'; readonly accepts: boolean; readonly afterBytes?: number }
  | { readonly do: 'slow'; readonly ms: number; readonly accepts?: boolean }
  /** The answer comes a byte at a time. */
  | { readonly do: 'drip'; readonly everyMs: number; readonly accepts?: boolean }
  /** Any answer whatever: HTML with 200, a redirect. `repeat`: the body so many times; `gzip` compresses it. */
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

/**
 * What goes wrong, where, and how often: at the provider's API, between the provider and the phone (`status`), or between
 * the provider and our webhook. `match`: what it looks at; a field left out fits everything.
 */
export type MessagingFault<Match, Api, Status, Webhook> = FaultCount & { readonly match?: Match } & (
    | ({ readonly phase: 'api' } & Api)
    | ({ readonly phase: 'status' } & Status)
    | ({ readonly phase: 'webhook' } & Webhook)
  )

/** Whether a rule is about these facts: each field that it names is the same, `bodyIncludes` a part of theirs. */
export function fits({ match = {} }: { readonly match?: object }, facts: object): boolean {
  const known: Readonly<Record<string, unknown>> = { ...facts }
  return Object.entries(match).every(([field, wanted]) =>
    field === 'bodyIncludes' ? String(known[field] ?? '').includes(wanted) : known[field] === wanted,
  )
}
