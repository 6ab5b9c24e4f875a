import type { Step } from './step-words.ts'

/** What was said between this server and a provider, redacted. */
export interface Exchange {
  readonly at: string
  readonly direction: 'in' | 'out'
  readonly method: string
  readonly url: string
  readonly requestBody: string | null
  readonly status: number | null
  readonly answerBody: string | null
  readonly failure: string | null
  readonly durationMs: number
}

export type JourneyRow =
  | { readonly kind: 'step'; readonly at: string; readonly step: Step }
  | { readonly kind: 'exchange'; readonly at: string; readonly exchange: Exchange }

/** Steps and what was said to the provider, in the order in which it happened. */
export function journeyOf(steps: readonly Step[], exchanges: readonly Exchange[]): readonly JourneyRow[] {
  const rows: JourneyRow[] = [
    ...steps.map((step) => ({ kind: 'step', at: step.at, step }) as const),
    ...exchanges.map((exchange) => ({ kind: 'exchange', at: exchange.at, exchange }) as const),
  ]
  return rows.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}
