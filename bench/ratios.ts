export interface Ratio {
  readonly what: string
  /** One a round. */
  readonly values: readonly number[]
  /** Null: shown for comparison, reached by nobody and missed by nobody. */
  readonly bar: { readonly atLeast: number } | { readonly atMost: number } | null
}

/** Prints each ratio's median over the rounds against its bar. @returns whether every median reached it. */
export function printRatios(ratios: readonly Ratio[]): boolean {
  console.log('')
  let all = true
  for (const { what, values, bar } of ratios) {
    const sorted = [...values].sort((a, b) => a - b)
    const middle = median(sorted)
    const spread = `min ${sorted[0]!.toFixed(2)}, max ${sorted.at(-1)!.toFixed(2)}`
    if (bar === null) {
      console.log(`beside   ${middle.toFixed(2)} (${spread})  ${what}`)
      continue
    }
    const reached = 'atLeast' in bar ? middle >= bar.atLeast : middle <= bar.atMost
    const wanted = 'atLeast' in bar ? `at least ${bar.atLeast}` : `at most ${bar.atMost}`
    console.log(`${reached ? 'reached' : 'MISSED '}  ${middle.toFixed(2)} (${wanted}; ${spread})  ${what}`)
    all &&= reached
  }
  return all
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2
  return Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!
}
