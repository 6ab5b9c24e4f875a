import { randomUUID } from 'node:crypto'
import type { ReportQuery } from '../src/domain/report-query.ts'
import type { Database } from '../src/store/db.ts'
import { type CallRow, type Cast, minuteMs, sumUpAll, testCast } from './random-calls.ts'
import { testBrand } from './test-brand.ts'
import { type TestServer, testServer } from './test-server.ts'

/** The days on which the calls are made: the clock is turned back in Europe, and elsewhere soon after. */
export const start = Date.UTC(2026, 9, 22)
export const spanMinutes = 6 * 24 * 60
/** Holds all the calls. */
export const period = { from: new Date(start - 17 * minuteMs), to: new Date(start + spanMinutes * minuteMs) }

export interface ReportedCalls extends Cast {
  readonly server: TestServer
  /** All of the brand, by when they were attempted. */
  readonly calls: readonly CallRow[]
  /** A question about them, by default an open one. */
  asked(query: Partial<ReportQuery>): ReportQuery
}

/** The same numbers in every run. */
export function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * sides)
  }
}

/** A server with 415 calls of a brand, the same in every run: some are in the sums, some have changed since, some are new. */
export async function reportedCalls(): Promise<ReportedCalls> {
  const server = await testServer()
  const { db } = server.deps
  const [brand, other] = [await testBrand(server), await testBrand(server)]
  const { accountId } = brand
  const cast = await testCast(server, brand)
  const roll = dice(7)
  const made = Array.from({ length: 420 }, (_, number) => callRow(db, cast, roll, number))
  await db`insert into calls ${db(made.slice(0, 300) as never)}`
  await sumUpAll(db)
  await db`insert into calls ${db(made.slice(300) as never)}`
  // After the sums: late receipts, late answers, and calls that are gone.
  const late = made.slice(0, 60).map(({ call_id }) => call_id)
  await db`update calls set replied_at = sent_at + interval '3 minutes' where call_id = any(${late.slice(0, 30)}::uuid[]) and sent_at is not null`
  await db`update calls set conversation_taken_at = replied_at + interval '1 minute' where call_id = any(${late.slice(0, 20)}::uuid[]) and replied_at is not null`
  await db`delete from calls where call_id = any(${late.slice(55)}::uuid[])`
  // Another brand's calls count nowhere.
  await db`insert into calls ${db({ ...made[0]!, account_id: other.accountId, call_id: randomUUID() } as never)}`
  return {
    ...{ ...cast, server },
    calls: await db<CallRow[]>`select * from calls where account_id = ${accountId} order by attempted_at, call_id`,
    asked: (query) => ({
      ...{ accountId, ...period, timeZone: 'UTC', groupBy: [], filters: {}, compareWith: null, repeatDays: 7 },
      ...query,
    }),
  }
}

function callRow(
  db: Database,
  { brand, otherHandoff, template }: Cast,
  roll: (sides: number) => number,
  number: number,
) {
  const at = start + roll(spanMinutes) * minuteMs + roll(60_000)
  const later = (minutes: number) => new Date(at + minutes * minuteMs)
  // How far it comes: 0 not eligible … 9 closed with a score.
  const far = roll(10)
  const wa = roll(3) === 0
  const failed = far === 3
  return {
    ...{ account_id: brand.accountId, call_id: randomUUID(), attempted_at: new Date(at), credential_id: 'key' },
    consumer_phone: ['+12065550100', '+4915112345678', '+919812345678'][roll(3)]!,
    handoff_id: roll(2) === 0 ? brand.handoffId : otherHandoff,
    skill_id: roll(2) === 0 ? brand.skills.support : brand.skills.sales,
    routed_skill_id: far > 2 && roll(6) === 0 ? brand.skills.billing : null,
    ivr_number: [null, '+18005550111', '+18005550222'][roll(3)]!,
    available_channels: far === 0 ? [] : wa ? ['wa', 'sms'] : ['sms'],
    reasons:
      far > 0
        ? null
        : db.json([
            { channel: 'sms', code: 'lookup_slow' },
            { channel: 'sms', code: ['landline', 'open_conversation', 'opted_out'][roll(3)]! },
          ]),
    invited_at: far > 1 ? later(1) : null,
    channel: far > 1 ? (wa ? 'wa' : 'sms') : null,
    sender_id: far > 1 && !wa ? brand.smsSender.senderId : null,
    template_id: far > 1 && wa ? template : null,
    variant: far > 1 && roll(2) === 0 ? ['A', 'B'][number % 2]! : null,
    sent_at: far > 2 && !(failed && roll(2) === 0) ? later(2) : null,
    failed_at: failed ? later(3) : null,
    ...(failed ? { error_source: 'provider', error_code: '30006' } : { error_source: null, error_code: null }),
    delivered_at: far > 4 ? later(3) : null,
    read_at: far > 5 && wa ? later(4) : null,
    skipped_at: far === 2 && roll(2) === 0 ? later(2) : null,
    opted_out_at: far > 3 && far < 6 && roll(3) === 0 ? later(5) : null,
    replied_at: far > 6 ? later(5 + roll(20)) : null,
    conversation_taken_at: far > 7 ? later(30) : null,
    conversation_closed_at: far === 9 || (far === 7 && roll(2) === 0) ? later(60) : null,
    csat: far === 9 && roll(2) === 0 ? 1 + roll(5) : null,
    cost_micros: far > 2 ? 7_500 + roll(5) * 100 : 0,
    cost_currency: far > 2 ? ['USD', 'EUR'][roll(2)]! : null,
    other_costs: far === 9 && roll(3) === 0 ? db.json({ GBP: 12_000 }) : null,
  }
}
