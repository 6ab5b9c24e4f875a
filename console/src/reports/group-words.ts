import { formatPhone } from '../ui/format-phone.ts'
import { channelWords } from '../workspace/lists.ts'
import type { Group, Grouping, Report } from './shapes.ts'

/** What calls can be told apart by on this page, in the order in which it is offered. */
export const breakdownWords = {
  channel: 'Channel',
  skill: 'Skill',
  handoff: 'Handoff',
  ivrNumber: 'IVR number',
  sender: 'Sender',
  country: 'Country',
  template: 'Template',
  variant: 'Text',
  askedChannel: 'First channel asked for',
  reason: 'Reason of the loss',
  error: 'Error',
} as const satisfies { readonly [Name in Grouping]?: string }
export type BreakdownName = keyof typeof breakdownWords

type Value = NonNullable<Group[Grouping]>

/** Names of skills, handoffs, reasons and the like as the answers said them, so that an id in the address is shown by its name. */
const known = new Map<string, string>()
const watchers = new Set<() => void>()

export function rememberNames({ rows, losses }: Pick<Report, 'rows' | 'losses'>): void {
  const before = known.size
  for (const { code, sentence } of losses.flatMap(({ reasons }) => reasons)) {
    known.set(`reason ${code}`, sentence.replace(/\.$/, ''))
    known.set(`error ${code}`, sentence.replace(/\.$/, ''))
  }
  for (const { group } of rows) {
    for (const [by, value] of Object.entries(group)) {
      if (typeof value === 'object' && value?.id) known.set(`${by} ${value.id}`, value.name ?? value.id)
    }
  }
  if (known.size > before) for (const watcher of watchers) watcher()
}

let owner: string | null = null

/** Names are of one brand: whoever signs in to another one begins with none. */
export function namesOf(accountId: string): void {
  if (owner !== accountId) known.clear()
  owner = accountId
}

/** For `useNames`: calls `watcher` when names come to be known, and how many are. */
export function watchNames(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}
export const namesKnown = (): number => known.size

/** In place of an id: calls that have none. */
export const noGroup = '-'

/** What a group is called in the page's address. */
export function groupId(value: Value | null | undefined): string {
  if (value === null || value === undefined) return noGroup
  return typeof value === 'object' ? (value.id ?? noGroup) : String(value)
}

/** The group as requests name it. */
export function groupValue(by: Grouping, id: string): Value | null {
  if (by === 'skill' || by === 'handoff' || by === 'sender' || by === 'template') {
    return { id: id === noGroup ? null : id, name: null }
  }
  if (id === noGroup) return null
  return by === 'weekday' || by === 'hourOfDay' ? Number(id) : id
}

const countries = new Intl.DisplayNames(undefined, { type: 'region' })
const utc = { timeZone: 'UTC' } as const
const weekday = new Intl.DateTimeFormat(undefined, { ...utc, weekday: 'short' })
const wholeWeekday = new Intl.DateTimeFormat(undefined, { ...utc, weekday: 'long' })
const day = new Intl.DateTimeFormat(undefined, { ...utc, weekday: 'short', day: 'numeric', month: 'short' })

const dayOnly = new Intl.DateTimeFormat(undefined, { ...utc, day: 'numeric', month: 'short' })

const nothing: { readonly [Name in Grouping]?: string } = {
  channel: 'No channel',
  askedChannel: 'No channel',
  ivrNumber: 'Number not told',
  sender: 'Not invited',
  country: 'Unknown',
  template: 'No template',
  variant: 'The only text',
  reason: 'Came to the end',
  error: 'No error',
}

/** A group in words: the name of what it is, the day, the number as people write it. */
export function groupWords(by: Grouping, id: string): string {
  if (id === noGroup) return nothing[by] ?? 'None'
  switch (by) {
    case 'channel':
    case 'askedChannel':
      return channelWords[id as keyof typeof channelWords] ?? id
    case 'country':
      return countryWords(id)
    case 'ivrNumber':
      return formatPhone(id)
    case 'weekday':
      return weekdayWords(Number(id))
    case 'hourOfDay':
      return hourWords(Number(id))
    case 'day':
      return day.format(Date.parse(`${id}T00:00:00Z`))
    // `2026-10-25T02:00+02:00`: the zone's own clock, told apart where it shows an hour twice.
    case 'hour':
      return `${day.format(Date.parse(`${id.slice(0, 10)}T00:00:00Z`))}, ${id.slice(11, 16)}`
    case 'minute':
      return id.slice(11, 16)
    default:
      return known.get(`${by} ${id}`) ?? id
  }
}

function countryWords(code: string): string {
  try {
    return countries.of(code) ?? code
  } catch {
    return code
  }
}

/** A piece of time in as few letters as an axis has room for: `23 Nov`, `14:00`. */
export function axisWords(by: Grouping, id: string): string {
  return by === 'day' ? dayOnly.format(Date.parse(`${id}T00:00:00Z`)) : id.slice(11, 16)
}

/** 1 is Monday, 7 Sunday. The 1st of January 2024 was a Monday. */
export const weekdayWords = (number: number, length: 'short' | 'long' = 'long'): string =>
  (length === 'short' ? weekday : wholeWeekday).format(Date.UTC(2024, 0, number))
export const hourWords = (hour: number): string => `${String(hour).padStart(2, '0')}:00`
