import type { OperatorApi } from './operator-api.ts'

/** One option of a command. */
export interface Option {
  /** What stands for the value in the help: `ID`. Absent: the option takes none. */
  readonly value?: string
  readonly many?: true
  readonly required?: true
  /** Where its value goes in the request, without counts: `channels.text`. Absent: the option's own name, `rateLimit`. */
  readonly field?: string
  readonly about: string
}

/** Options as they were given: one value, several, or just the option. */
export type Given = Readonly<Record<string, string | readonly string[] | true | undefined>>

/** What a command has to say: `json` for machines, `text` for people. */
export interface Said {
  readonly json: unknown
  readonly text: string
  /** Default 0. */
  readonly exitCode?: number
}

export interface Command {
  /** `handoff add`. */
  readonly name: string
  readonly about: string
  /** Names of the words that follow; all are needed. */
  readonly words?: readonly string[]
  readonly options?: Readonly<Record<string, Option>>
  run(call: { words: readonly string[]; given: Given; api: () => Promise<OperatorApi>; env: Env }): Promise<Said>
}

export type Env = Readonly<Record<string, string | undefined>>

/** The person's mistake, told in a sentence; exit code 2. */
export class Mistake extends Error {}
/** No server answered; exit code 3. */
export class Unreachable extends Error {}

export const exitCodes = { failed: 1, mistake: 2, unreachable: 3 }

/** The single value of an option. */
export const one = (given: Given, name: string): string | undefined => {
  const value = given[name]
  return typeof value === 'string' ? value : undefined
}

/** All values of an option that may come several times; null: it was not given. */
export const all = (given: Given, name: string): readonly string[] | null => {
  const value = given[name]
  return Array.isArray(value) ? value : null
}

/** @throws Mistake when the value is no whole number. */
export const whole = (given: Given, name: string): number | undefined => {
  const value = one(given, name)
  if (value === undefined) return undefined
  if (!/^-?[0-9]{1,9}$/.test(value)) throw new Mistake(`--${name} must be a whole number, not "${value}".`)
  return Number(value)
}

/** `on` or `off`. @throws Mistake */
export const onOff = (given: Given, name: string): boolean | undefined => {
  const value = one(given, name)
  if (value === undefined) return undefined
  if (value !== 'on' && value !== 'off') throw new Mistake(`--${name} must be on or off, not "${value}".`)
  return value === 'on'
}

/** A body from what was given; what was not stays out of it. */
export const body = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))
