/** Which of the requests that fit a rule it strikes. */
export interface FaultCount {
  /** How often it strikes; default 1. Over the control address write 1e9 for always: JSON has no Infinity. */
  readonly times?: number
  /** Lets so many fitting requests pass first. */
  readonly after?: number
  /** Strikes only every n-th fitting request: `every: 5` loses one in five. */
  readonly every?: number
}

/** `Facts`: what is known of a request when a fault may strike it. */
export interface FaultRules<Rule extends { readonly phase: string }, Facts> {
  add(rule: Rule): void
  clear(): void
  /** The first rule of this phase that fits and still has strikes left; it loses one. */
  take<P extends Rule['phase']>(phase: P, facts: Facts): (Rule & { readonly phase: P }) | undefined
}

/** What goes wrong at a simulator, in the order in which it was asked for. */
export function faultRules<Rule extends FaultCount & { readonly phase: string }, Facts>(
  fits: (rule: Rule, facts: Facts) => boolean,
): FaultRules<Rule, Facts> {
  let rules: { readonly rule: Rule; left: number; fitted: number }[] = []
  return {
    add: (rule) => void rules.push({ rule, left: rule.times ?? 1, fitted: 0 }),
    clear: () => {
      rules = []
    },
    take: <P extends Rule['phase']>(phase: P, facts: Facts) => {
      for (const entry of rules) {
        const { rule } = entry
        if (rule.phase !== phase || entry.left <= 0 || !fits(rule, facts)) continue
        const beyond = ++entry.fitted - (rule.after ?? 0)
        if (beyond <= 0 || beyond % (rule.every ?? 1) !== 0) continue
        entry.left--
        return rule as Rule & { readonly phase: P }
      }
      return undefined
    },
  }
}
