import type { Figures } from '../src/domain/figures.ts'
import type { ReportedStatus } from '../src/domain/report.ts'
import type { ReportDimension, ReportFilters, ReportQuery } from '../src/domain/report-query.ts'
import { type CallRow, consumers } from './random-calls.ts'

/*
 * Every figure of a report, worked out from the calls themselves, one by one, with nothing in common with how the server does
 * it: no sums, no SQL, and the time zone by Intl.
 */

export function statusOf(call: CallRow): ReportedStatus | null {
  if (call.replied_at) return 'RESPONDED'
  if (call.read_at) return 'READ'
  if (call.delivered_at) return 'DELIVERED'
  if (call.skipped_at) return 'SKIPPED'
  if (call.failed_at) return 'FAILED'
  if (call.sent_at) return 'SENT'
  if (call.available_channels.length > 0) return null
  return call.reasons!.some(({ code }) => code === 'opted_out') ? 'SKIPPED' : 'FAILED'
}

export function errorOf(call: CallRow): string | null {
  const status = statusOf(call)
  if (status !== 'FAILED' && status !== 'SKIPPED' && status !== null) return null
  if (call.error_code !== null) {
    if (call.error_source === 'c2m') return `c2m_${call.error_code}`
    const gateway = channelOf(call) === 'wa' ? 'wa' : 'twilio'
    return `${call.sent_at !== null && status !== null ? '' : 'outbound_'}${gateway}_${call.error_code}`
  }
  if (status !== 'FAILED' || call.available_channels.length > 0) return null
  return call.reasons!.some(({ code }) => code === 'open_conversation') ? 'c2m_1400' : 'c2m_1001'
}

export const channelOf = (call: CallRow) => call.channel ?? call.available_channels[0] ?? call.reasons![0]!.channel
export const skillIdOf = (call: CallRow) => call.routed_skill_id ?? call.skill_id
const countryOf = ({ consumer_phone: phone }: CallRow) =>
  phone.startsWith('+1 erased') ? 'US' : consumers.find((consumer) => consumer.phone === phone)!.country

/** Place in the funnel of the farthest step. */
export function reachedOf(call: CallRow): number {
  if (call.replied_at) {
    if (!call.conversation_taken_at) return 5
    return call.conversation_closed_at ? 7 : 6
  }
  if (call.read_at) return 4
  if (call.delivered_at) return 3
  if (call.sent_at) return 2
  return call.available_channels.length > 0 ? 1 : 0
}

/** Why a call came no further; null: it came to the end. */
export function lossOf(call: CallRow): string | null {
  const reached = reachedOf(call)
  if (reached === 7) return null
  if (reached === 0) return call.reasons!.find(({ code }) => !code.startsWith('lookup_'))!.code
  const error = errorOf(call)
  if (error !== null) return error
  const status = statusOf(call)
  const stopped = call.opted_out_at !== null
  if (reached === 1) {
    if (status === 'SKIPPED') return 'opted_out'
    if (status === 'FAILED') return 'failed'
    return call.invited_at === null ? 'not_invited' : 'on_its_way'
  }
  if (reached === 2) {
    if (stopped || status === 'SKIPPED') return 'opted_out'
    return status === 'FAILED' ? 'failed' : 'no_receipt'
  }
  if (reached === 5) return call.conversation_closed_at ? 'abandoned' : 'waiting'
  if (reached === 6) return 'in_conversation'
  if (stopped) return 'opted_out'
  if (reached === 4) return 'not_answered'
  return channelOf(call) === 'sms' ? 'reading_unknown' : 'not_read'
}

/** Whether the same consumer called again, later and within so many days. */
function isRepeated(call: CallRow, all: readonly CallRow[], days: number): boolean {
  if (!call.consumer_phone.startsWith('+')) return false
  return all.some((other) => {
    const later = other.attempted_at.getTime() - call.attempted_at.getTime()
    return (
      other.consumer_phone === call.consumer_phone &&
      (later > 0 || (later === 0 && other.call_id > call.call_id)) &&
      later <= days * 24 * 3_600_000
    )
  })
}

const between = (earlier: Date | null, later: Date | null): number | null =>
  earlier === null || later === null ? null : Math.max(0, later.getTime() - earlier.getTime())

/** @param all of the brand, whenever: who called again may have called after the period. */
export function slowFigures(calls: readonly CallRow[], all: readonly CallRow[], repeatDays: number): Figures {
  const many = (holds: (call: CallRow) => unknown) => calls.filter((call) => Boolean(holds(call))).length
  const average = (timeOf: (call: CallRow) => number | null, times: number) =>
    times === 0 ? null : calls.reduce((sum, call) => sum + (timeOf(call) ?? 0), 0) / times / 1000
  const scores = calls.flatMap(({ csat }) => csat ?? [])
  const cost = new Map<string, number>()
  const pay = (currency: string, micros: number) => cost.set(currency, (cost.get(currency) ?? 0) + micros)
  for (const call of calls) {
    if (call.cost_currency !== null) pay(call.cost_currency, Number(call.cost_micros))
    for (const [currency, micros] of Object.entries(call.other_costs ?? {})) pay(currency, micros)
  }
  const handled = many((call) => call.conversation_taken_at)
  const costs = [...cost]
    .map(([currency, amount]) => ({ currency, amount }))
    .filter(({ amount }) => amount !== 0)
    .sort((a, b) => (a.currency < b.currency ? -1 : 1))
  return {
    attempted: calls.length,
    eligible: many((call) => call.available_channels.length > 0),
    invited: many((call) => call.invited_at),
    sent: many((call) => call.sent_at),
    delivered: many((call) => call.delivered_at),
    read: many((call) => call.read_at),
    replied: many((call) => call.replied_at),
    handled,
    closed: many((call) => call.conversation_closed_at),
    failed: many((call) => call.sent_at === null || statusOf(call) === 'FAILED'),
    skipped: many((call) => statusOf(call) === 'SKIPPED'),
    optedOut: many((call) => call.opted_out_at),
    abandoned: many((call) => call.conversation_closed_at && !call.conversation_taken_at),
    csat:
      scores.length === 0 ? null : { average: scores.reduce((a, b) => a + b) / scores.length, answers: scores.length },
    seconds: {
      callToText: average(
        (call) => between(call.attempted_at, call.sent_at),
        many((call) => call.sent_at),
      ),
      textToReply: average(
        (call) => between(call.sent_at, call.replied_at),
        many((call) => call.sent_at && call.replied_at),
      ),
      replyToAgent: average((call) => between(call.replied_at, call.conversation_taken_at), handled),
      handling: average(
        (call) => between(call.conversation_taken_at, call.conversation_closed_at),
        many((call) => call.conversation_closed_at && call.conversation_taken_at),
      ),
    },
    repeated: many((call) => isRepeated(call, all, repeatDays)),
    contained: many((call) => call.replied_at && !isRepeated(call, all, repeatDays)),
    cost: costs,
    costPerHandled:
      handled === 0 ? [] : costs.map(({ currency, amount }) => ({ currency, amount: Math.round(amount / handled) })),
  }
}

/** What a call's value of a dimension is: an id, a text or a number. */
export function dimensionOf(call: CallRow, dimension: ReportDimension, timeZone: string): string | number | null {
  const { year, month, day, hour, minute, weekday, offset } = localTime(call.attempted_at, timeZone)
  const date = `${year}-${month}-${day}`
  const values: Record<ReportDimension, () => string | number | null> = {
    minute: () => `${date}T${hour}:${minute}${offset}`,
    hour: () => `${date}T${hour}:00${offset}`,
    day: () => date,
    weekday: () => ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(weekday) + 1,
    hourOfDay: () => Number(hour),
    channel: () => channelOf(call),
    askedChannel: () => call.available_channels[0] ?? call.reasons![0]!.channel,
    skill: () => skillIdOf(call),
    handoff: () => call.handoff_id,
    ivrNumber: () => call.ivr_number,
    sender: () => call.sender_id,
    country: () => countryOf(call),
    template: () => call.template_id,
    variant: () => call.variant,
    reason: () => lossOf(call),
    error: () => errorOf(call),
  }
  return values[dimension]()
}

/** By time zone: made once, read for every call. */
const formats = new Map<string, Intl.DateTimeFormat>()
const parts: Intl.DateTimeFormatOptions = {
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  weekday: 'short',
  timeZoneName: 'longOffset',
}

function localTime(at: Date, timeZone: string) {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, ...parts })
  formats.set(timeZone, format)
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value])) as Record<
    string,
    string
  >
  const offset = part.timeZoneName === 'GMT' ? '+00:00' : part.timeZoneName!.slice(3)
  return { ...(part as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'weekday', string>), offset }
}

const filtered: Record<keyof ReportFilters, ReportDimension> = {
  ...{ channels: 'channel', skills: 'skill', handoffs: 'handoff', ivrNumbers: 'ivrNumber', senders: 'sender' },
  ...{ countries: 'country', templates: 'template', variants: 'variant', reasons: 'reason' },
}

/** The calls that a report is about. */
export function callsAsked(
  all: readonly CallRow[],
  { from, to }: { readonly from: Date; readonly to: Date },
  { filters, timeZone }: Pick<ReportQuery, 'filters' | 'timeZone'>,
): readonly CallRow[] {
  return all.filter(
    (call) =>
      call.attempted_at >= from &&
      call.attempted_at < to &&
      Object.entries(filters).every(([name, list]) => {
        const value = dimensionOf(call, filtered[name as keyof ReportFilters], timeZone)
        return list.length === 0 || (list as readonly (string | null)[]).includes(value as string | null)
      }),
  )
}
