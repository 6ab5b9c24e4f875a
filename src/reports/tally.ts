import { type Figures, figuresOf } from '../domain/figures.ts'
import { type PartCounts, partMeasures } from '../domain/report.ts'
import type { ReportPart } from './report-parts.ts'

/** What some parts come to together. */
export interface Tally {
  readonly counts: PartCounts
  /** Millionths, by currency. */
  readonly costs: Readonly<Record<string, number>>
}

export const noTally: Tally = {
  counts: Object.fromEntries(partMeasures.map((name) => [name, 0])) as PartCounts,
  costs: {},
}

export function tallied(known: Tally, part: Pick<ReportPart, 'counts' | 'currency'>): Tally {
  const { counts, currency } = part
  return {
    counts: Object.fromEntries(partMeasures.map((name) => [name, known.counts[name] + counts[name]])) as PartCounts,
    costs:
      currency === null
        ? known.costs
        : { ...known.costs, [currency]: (known.costs[currency] ?? 0) + counts.cost_micros },
  }
}

export function figuresOfTally({ counts, costs }: Tally): Figures {
  const cost = Object.entries(costs)
    .map(([currency, amount]) => ({ currency, amount }))
    .filter(({ amount }) => amount !== 0)
    .toSorted((a, b) => (a.currency < b.currency ? -1 : 1))
  return figuresOf(counts, { repeated: counts.repeated, contained: counts.replied - counts.repeated_replied, cost })
}
