import { countedWords, type Step, steps } from './figures.ts'
import type { CountedStep, Grouping, Loss } from './shapes.ts'

type LostAt = Loss['step']

/** Which calls a number counts: those that came as far as a step, or were lost before one; of one group, if it is a group's. */
export interface CallsOf {
  /** What has happened to them. */
  readonly step?: CountedStep
  /** How far they came: a later step of the funnel implies those before it. */
  readonly reached?: Step
  readonly lostAt?: LostAt
  /** Why they were lost. */
  readonly reason?: string
  readonly group?: CallsGroup
}
/** A group by the ids of its parts: `{ skill: '0d4f…', day: '2026-11-23' }`. */
export type CallsGroup = { readonly [Name in Grouping]?: string }

/** As it stands in the page's address: `step=sent&skill=0d4f…`. */
export function callsText({ step, reached, lostAt, reason, group }: CallsOf): string {
  const given = { step, reached, lostAt, lostFor: reason, ...group }
  const pairs = Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return new URLSearchParams(pairs).toString()
}

/** null: the address names no calls, or none that there can be. */
export function callsIn(text: string): CallsOf | null {
  if (text === '') return null
  const { step, reached, lostAt, lostFor, ...group } = Object.fromEntries(new URLSearchParams(text))
  const known = (name: string | undefined): name is Step | undefined =>
    name === undefined || steps.some((one) => one === name)
  if ((step !== undefined && !(step in countedWords)) || !known(reached) || !known(lostAt)) return null
  return {
    ...(step === undefined ? {} : { step: step as CountedStep }),
    ...(reached === undefined ? {} : { reached }),
    ...(lostAt === undefined ? {} : { lostAt: lostAt as LostAt }),
    ...(lostFor === undefined ? {} : { reason: lostFor }),
    ...(Object.keys(group).length === 0 ? {} : { group: group as CallsGroup }),
  }
}
