import { type FaultCount, type FaultRules, faultRules } from '../fault-rules.ts'

/** Goes wrong between a push service and its caller. `accepts`: whether the push is taken all the same. */
export type PushFault<Phase extends string, Own> = FaultCount & {
  readonly phase: Phase
  /** Strikes only pushes to this device. */
  readonly device?: string
} & (
    | Own
    /** Any answer whatever. */
    | {
        readonly do: 'raw'
        readonly status: number
        readonly body: string
        readonly headers?: Readonly<Record<string, string>>
        readonly accepts?: boolean
      }
    /** The connection is destroyed without a word. */
    | { readonly do: 'cut'; readonly accepts: boolean }
    /** No answer until `release`. */
    | { readonly do: 'hold'; readonly accepts: boolean }
  )

interface PushRule extends FaultCount {
  readonly phase: string
  readonly device?: string
}

/** What goes wrong at a push service. The facts: the device that a push is for, null where there is none. */
export function pushFaults<Rule extends PushRule>(): FaultRules<Rule, string | null> {
  return faultRules((rule, device) => rule.device === undefined || rule.device === device)
}
