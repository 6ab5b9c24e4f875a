/** Goes wrong between a push service and its caller. `accepts`: whether the push is taken all the same. */
export type PushFault<Phase extends string, Own> = {
  readonly phase: Phase
  /** How often it strikes; default 1. */
  readonly times?: number
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

export interface FaultRules<F> {
  add(rule: F): void
  clear(): void
  /** The first rule of this phase that fits and still has strikes left; it loses one. */
  take(phase: string, device: string | null): F | undefined
}

export function faultRules<F extends { phase: string; times?: number; device?: string }>(): FaultRules<F> {
  let rules: { rule: F; left: number }[] = []
  return {
    add: (rule) => void rules.push({ rule, left: rule.times ?? 1 }),
    clear: () => {
      rules = []
    },
    take(phase, device) {
      const entry = rules.find(
        ({ rule, left }) => left > 0 && rule.phase === phase && (rule.device === undefined || rule.device === device),
      )
      if (entry) entry.left -= 1
      return entry?.rule
    },
  }
}
