import type { ReportDimension } from '../domain/report-query.ts'

/** What tells a dimension from the columns of `counted`; `reason` and `error` are told from several, and not by SQL. */
export const dimensionSql = {
  minute: `to_char(local, 'YYYY-MM-DD"T"HH24:MI')`,
  hour: `to_char(local, 'YYYY-MM-DD"T"HH24":00"')`,
  day: `to_char(local, 'YYYY-MM-DD')`,
  weekday: `extract(isodow from local)::int`,
  hourOfDay: `extract(hour from local)::int`,
  channel: 'channel',
  askedChannel: 'asked_channel',
  skill: 'skill_id::text',
  handoff: 'handoff_id',
  ivrNumber: 'ivr_number',
  sender: 'sender_id::text',
  country: 'country',
  template: 'template_id::text',
  variant: 'variant',
} as const satisfies Record<Exclude<ReportDimension, 'reason' | 'error'>, string>
