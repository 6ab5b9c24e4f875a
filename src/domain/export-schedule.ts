import type { ExportFormat, ExportKind, ExportQuery, ExportSpan } from './export.ts'
import { instantOf, type Weekday, wallClock, weekdays } from './opening-hours.ts'
import { isTimeZone } from './time-zone.ts'

/** When a schedule runs: at an hour of the wall clock, each day, on one day of each week, or on one of each month. */
export interface Rhythm {
  readonly every: 'day' | 'week' | 'month'
  readonly hour: number
  /** Null unless weekly. */
  readonly weekday: Weekday | null
  /** 1 to 28, which every month has; null unless monthly. */
  readonly monthDay: number | null
  readonly timeZone: string
}

export type Destination =
  /** A folder below EXPORT_FOLDER, and there below the account's. */
  | { readonly to: 'folder'; readonly folder: string }
  | {
      readonly to: 'bucket'
      /** `https://s3.eu-west-1.amazonaws.com`. */
      readonly endpoint: string
      readonly region: string
      readonly bucket: string
      /** Before the file's name; may hold slashes; empty: none. */
      readonly prefix: string
      readonly accessKeyId: string
      /** Whether the bucket is named in the path of the address or before its host. */
      readonly addressing: 'path' | 'host'
    }

export interface ExportSchedule extends Rhythm {
  readonly scheduleId: string
  readonly title: string
  readonly enabled: boolean
  readonly kind: ExportKind
  readonly format: ExportFormat
  readonly query: ExportQuery
  readonly masked: boolean
  readonly destination: Destination
}

const dayMs = 86_400_000
/** More than the longest month. */
const daysAhead = 40

/** The first moment after `after` at which the schedule runs. */
export function nextRun(rhythm: Rhythm, after: Date): Date {
  const today = Date.parse(`${wallClock(after, rhythm.timeZone).date}T00:00:00Z`)
  for (let day = 0; day <= daysAhead; day += 1) {
    const date = new Date(today + day * dayMs)
    if (!isDay(rhythm, date)) continue
    const at = instantOf(isoDay(date), `${String(rhythm.hour).padStart(2, '0')}:00`, rhythm.timeZone)
    if (at > after) return at
  }
  throw new Error('A schedule has no next run.')
}

/** The last moment until `at` at which the schedule ran, or would have. */
export function lastRun(rhythm: Rhythm, at: Date): Date {
  let run = nextRun(rhythm, new Date(at.getTime() - daysAhead * dayMs))
  for (let next = run; next <= at; next = nextRun(rhythm, next)) run = next
  return run
}

/**
 * What a run covers: the day, week or month of the zone's calendar that ended with the midnight before it. Runs follow each
 * other without a gap, and no moment belongs to two of them.
 */
export function periodOf(rhythm: Rhythm, runAt: Date): ExportSpan {
  const { date } = wallClock(runAt, rhythm.timeZone)
  const end = new Date(`${date}T00:00:00Z`)
  const begin = new Date(end)
  if (rhythm.every === 'month') begin.setUTCMonth(begin.getUTCMonth() - 1)
  else begin.setUTCDate(begin.getUTCDate() - (rhythm.every === 'week' ? 7 : 1))
  const midnight = (day: Date) => instantOf(isoDay(day), '00:00', rhythm.timeZone)
  return { since: midnight(begin), until: midnight(end) }
}

function isDay({ every, weekday, monthDay }: Rhythm, date: Date): boolean {
  if (every === 'week') return weekdays[(date.getUTCDay() + 6) % 7] === weekday
  return every === 'day' || date.getUTCDate() === monthDay
}

const isoDay = (date: Date): string => date.toISOString().slice(0, 10)

const folderPart = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/

/** The parts of a folder's name, as it stands in a destination; null: it would lead elsewhere, or is no plain name. */
export function folderParts(folder: string): readonly string[] | null {
  if (folder === '') return []
  const parts = folder.split('/')
  return parts.length <= 8 && parts.every((part) => folderPart.test(part) && !part.includes('..')) ? parts : null
}

/** A schedule whose newest file did not come. */
export interface FailingSchedule {
  readonly scheduleId: string
  readonly title: string
  /** A sentence; null: it is being tried again at this moment. */
  readonly failure: string | null
  /** False: it is tried again. */
  readonly givenUp: boolean
}

/** One sentence for each of them. */
export function scheduleSentences(failing: readonly FailingSchedule[]) {
  return failing.map(({ scheduleId: id, title, failure, givenUp }) => {
    const became = givenUp ? 'did not arrive.' : 'has not arrived and is tried again.'
    const why = failure === null ? '' : ` ${failure}`
    const sentence = `The scheduled export “${title}” ${became}${why}`
    return { level: givenUp ? ('error' as const) : ('warning' as const), id, sentence }
  })
}

/** What is wrong with a schedule, each a sentence for the person who saves it; empty: nothing. */
export function checkExportSchedule(
  schedule: Omit<ExportSchedule, 'scheduleId'>,
  given: { readonly hasSecret: boolean; readonly hasFolder: boolean },
): readonly string[] {
  const { every, weekday, monthDay, timeZone, destination } = schedule
  const faults: string[] = []
  if (schedule.title.trim() === '') faults.push('The schedule needs a title.')
  if (!isTimeZone(timeZone)) faults.push('The time zone must be a name such as Europe/London.')
  if (every === 'week' && weekday === null) faults.push('A weekly schedule needs the weekday.')
  if (every === 'month' && monthDay === null) faults.push('A monthly schedule needs the day of the month, 1 to 28.')
  if (destination.to === 'folder') {
    if (!given.hasFolder) faults.push('This deployment has no folder for exports (EXPORT_FOLDER).')
    if (folderParts(destination.folder) === null) {
      faults.push('The folder is named by letters, digits, dots, dashes and underscores, its parts divided by slashes.')
    }
    return faults
  }
  if (!isEndpoint(destination.endpoint)) {
    faults.push('The endpoint must be like https://s3.eu-west-1.amazonaws.com, without a path.')
  }
  if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(destination.bucket) || destination.bucket.includes('..')) {
    faults.push('The name of the bucket has 3 to 63 small letters, digits, dots and dashes.')
  }
  if (!/^[A-Za-z0-9!_.*'()/-]{0,200}$/.test(destination.prefix) || destination.prefix.startsWith('/')) {
    faults.push("The prefix has letters, digits, slashes and !-_.*'(), and does not begin with a slash.")
  }
  if (!given.hasSecret) faults.push('The bucket needs the secret of its access key.')
  return faults
}

function isEndpoint(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    url.search + url.hash + url.username + url.password === ''
  )
}

/**
 * The name of a period's file at its destination. The same for every try, so that a repeated one replaces and there is
 * exactly one file a period; told apart by the schedule, of which a brand may have several.
 */
export function scheduledFileName(schedule: ExportSchedule, { since, until }: ExportSpan): string {
  const day = (at: Date) => wallClock(at, schedule.timeZone).date
  const span = schedule.every === 'day' ? day(since) : `${day(since)}_${day(new Date(until.getTime() - 1))}`
  return `${schedule.kind}_${span}_${schedule.scheduleId.slice(0, 8)}.${schedule.format}`
}
