import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type { Database } from '../src/store/db.ts'
import { sumUpCalls } from '../src/store/report-sums.ts'
import { type BrandWriter, type TestBrand, testHandoff } from './test-brand.ts'

/*
 * Random journeys: calls of three days, with the night in which Europe's clocks go forward, that are reached, refused, sent,
 * delivered, answered, taken, closed, paid for, erased and deleted in any order, with the job that sums up running in between.
 */
export const start = Date.UTC(2026, 2, 28)
export const minuteMs = 60_000
export const spanMinutes = 3 * 24 * 60

/** What a call row holds that a report may look at. */
export interface CallRow {
  readonly call_id: string
  readonly attempted_at: Date
  readonly consumer_phone: string
  readonly handoff_id: string
  readonly skill_id: string
  readonly routed_skill_id: string | null
  readonly ivr_number: string | null
  readonly sender_id: string | null
  readonly template_id: string | null
  readonly variant: string | null
  readonly channel: string | null
  readonly available_channels: readonly string[]
  readonly reasons: readonly { readonly channel: string; readonly code: string }[] | null
  readonly invited_at: Date | null
  readonly sent_at: Date | null
  readonly delivered_at: Date | null
  readonly read_at: Date | null
  readonly failed_at: Date | null
  readonly skipped_at: Date | null
  readonly opted_out_at: Date | null
  readonly replied_at: Date | null
  readonly conversation_taken_at: Date | null
  readonly conversation_closed_at: Date | null
  readonly csat: number | null
  readonly error_source: string | null
  readonly error_code: string | null
  readonly cost_micros: number | string
  readonly cost_currency: string | null
  readonly other_costs: Readonly<Record<string, number>> | null
}

/** Whom random calls are of: the brand, and ids that its calls may name. */
export interface Cast {
  readonly brand: TestBrand
  readonly otherHandoff: string
  readonly otherSender: string
  readonly template: string
}

/** A second handoff, a WhatsApp sender and a template for a brand. */
export async function testCast(server: BrandWriter, brand: TestBrand): Promise<Cast> {
  const { db } = server.deps
  const [otherSender, template] = [randomUUID(), randomUUID()]
  await db`insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${brand.accountId}, ${otherSender}, 'wa-simulator', 'wa', '+18005550143', 'WhatsApp', '{}')`
  await db`insert into templates (account_id, template_id, name, language, status, body)
    values (${brand.accountId}, ${template}, 'go_on', 'en', 'approved', 'Reply to go on.')`
  return { brand, otherHandoff: await testHandoff(server, brand.accountId, []), otherSender, template }
}

/** Numbers with their countries: few, so that consumers call again. The last is not known. */
export const consumers: readonly { readonly phone: string; readonly country: string | null }[] = [
  { phone: '+12065550100', country: 'US' },
  { phone: '+12065550101', country: 'US' },
  { phone: '+14165550102', country: 'CA' },
  { phone: '+4915112345678', country: 'DE' },
  { phone: '+919812345678', country: 'IN' },
  { phone: '', country: null },
]

/** Columns as the deeds of the server set them. */
const changes = {
  send: (at: Date, { brand }: Cast) => ({
    ...{ invited_at: at, sent_at: at, channel: 'sms', sender_id: brand.smsSender.senderId, variant: 'short' },
    ...{ failed_at: null, skipped_at: null, ...noError },
  }),
  sendOnWhatsApp: (at: Date, { otherSender, template }: Cast) => ({
    ...{ invited_at: at, sent_at: at, channel: 'wa', sender_id: otherSender, template_id: template, variant: null },
    ...{ failed_at: null, ...noError },
  }),
  accept: (at: Date) => ({ invited_at: at }),
  route: (_: Date, { brand }: Cast) => ({ routed_skill_id: brand.skills.billing }),
  deliver: (at: Date) => ({ delivered_at: at, failed_at: null, ...noError }),
  read: (at: Date) => ({ delivered_at: at, read_at: at, failed_at: null, ...noError }),
  fail: (at: Date) => ({ failed_at: at, error_source: 'provider', error_code: '30006' }),
  refuse: (at: Date) => ({ failed_at: at, error_source: 'c2m', error_code: '1400' }),
  skip: (at: Date) => ({ skipped_at: at, failed_at: null, error_source: 'provider', error_code: '21610' }),
  reply: (at: Date) => ({ replied_at: at }),
  stop: (at: Date) => ({ opted_out_at: at }),
  take: (at: Date) => ({ replied_at: at, conversation_taken_at: new Date(at.getTime() + 7_321) }),
  close: (at: Date) => ({
    replied_at: at,
    conversation_taken_at: at,
    conversation_closed_at: new Date(at.getTime() + 61_001),
  }),
  abandon: (at: Date) => ({ replied_at: at, conversation_closed_at: at }),
  score: (at: Date) => ({ csat: (at.getTime() % 5) + 1 }),
  pay: (at: Date) => ({ cost_micros: (at.getTime() / minuteMs) % 9_000, cost_currency: 'USD' }),
  payTwice: (at: Date) => ({
    cost_micros: 7_500,
    cost_currency: 'EUR',
    other_costs: { USD: (at.getTime() / minuteMs) % 800 },
  }),
  erase: (at: Date) => ({ consumer_phone: `+1 erased-${at.getTime() % 3}` }),
}
const noError = { error_source: null, error_code: null }

export type Word =
  | {
      readonly kind: 'call'
      readonly minute: number
      readonly eligible: boolean
      readonly code: string
      readonly sales: boolean
      readonly other: boolean
      readonly consumer: number
      readonly ivrNumber: string | null
    }
  | { readonly kind: 'change'; readonly which: number; readonly change: keyof typeof changes; readonly minute: number }
  | { readonly kind: 'delete'; readonly which: number }
  | { readonly kind: 'sum' }

export const minute = fc.integer({ min: 0, max: spanMinutes - 1 })
export const word: fc.Arbitrary<Word> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      minute,
      eligible: fc.boolean(),
      code: fc.constantFrom('landline', 'open_conversation', 'opted_out'),
      sales: fc.boolean(),
      other: fc.boolean(),
      consumer: fc.nat({ max: consumers.length - 1 }),
      ivrNumber: fc.option(fc.constantFrom('18005550111', '18005550112')),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      which: fc.nat(),
      change: fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[])),
      minute,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('sum' as const) }) },
)

/** Tables that hold what reports are made of, besides the calls. */
export const reportSums = [
  'report_changes',
  'report_hours',
  'report_days',
  'report_day_totals',
  'report_day_errors',
  'report_repeats',
  'calls_by_time',
  'call_counts',
]

/** Begins with no calls and does what the words say, in their order. */
export async function play(db: Database, cast: Cast, words: readonly Word[]): Promise<void> {
  for (const table of ['calls', ...reportSums]) await db`delete from ${db(table)}`
  const made: string[] = []
  for (const one of words) {
    const callId = one.kind === 'change' || one.kind === 'delete' ? made[one.which % made.length] : undefined
    if (one.kind === 'sum') await sumUpCalls(db)
    else if (one.kind === 'call') made.push(await call(db, cast, one))
    else if (callId === undefined) continue
    else if (one.kind === 'delete') await db`delete from calls where call_id = ${callId}`
    else {
      const columns = changes[one.change](new Date(start + one.minute * minuteMs), cast)
      await db`update calls set ${db(columns as never)} where call_id = ${callId}`
    }
  }
}

/** Sums up whatever there is, what still happens too. */
export async function sumUpAll(db: Database): Promise<void> {
  while (await sumUpCalls(db, { settled: false })) {
    // The next batch.
  }
}

async function call(db: Database, { brand, otherHandoff }: Cast, one: Word & { kind: 'call' }): Promise<string> {
  const callId = randomUUID()
  const reasons = [
    { channel: 'wa', code: 'lookup_slow' },
    { channel: 'wa', code: one.code },
  ]
  await db`insert into calls ${db({
    ...{ account_id: brand.accountId, call_id: callId, attempted_at: new Date(start + one.minute * minuteMs) },
    ...{ credential_id: 'key', consumer_phone: consumers[one.consumer]!.phone, ivr_number: one.ivrNumber },
    ...{ handoff_id: one.other ? otherHandoff : brand.handoffId },
    ...{ skill_id: one.sales ? brand.skills.sales : brand.skills.support },
    ...{ available_channels: one.eligible ? ['sms', 'wa'] : [], reasons: one.eligible ? null : db.json(reasons) },
  })}`
  return callId
}
