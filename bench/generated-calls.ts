import { randomUUID } from 'node:crypto'
import { cipher } from '../src/store/cipher.ts'
import { atomic, type Database } from '../src/store/db.ts'
import { type TestBrand, testBrand, testHandoff } from '../test/test-brand.ts'
import { sumUpMonth } from './generated-sums.ts'

export interface GeneratedCalls {
  readonly brand: TestBrand
  readonly calls: number
  /** Midnight, UTC. */
  readonly from: Date
  /** Not included. */
  readonly until: Date
}

const dayMs = 24 * 3_600_000
/** Calls of one statement. */
const chunk = 20_000

/**
 * Fills a database with a year of calls of one brand, each as the server's deeds leave it: refused, not invited, not sent,
 * not delivered, read, answered, handled, scored. The sums are made when all are stored.
 * @param db two connections of it are kept busy.
 */
export async function generateCalls(db: Database, calls: number, secretKey: Buffer): Promise<GeneratedCalls> {
  const brand = await testBrand({ deps: { db, cipher: cipher(secretKey) } }, { settings: { rateLimit: 100_000 } })
  const { accountId, skills, handoffId, smsSender } = brand
  const otherHandoff = await testHandoff({ deps: { db, cipher: cipher(secretKey) } }, accountId, [])
  const waSender = randomUUID()
  await db`insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${accountId}, ${waSender}, 'wa-simulator', 'wa', '+18005550143', 'WhatsApp', '{}')`
  const until = new Date(Math.floor(Date.now() / dayMs) * dayMs)
  const from = new Date(until.getTime() - 365 * dayMs)
  await db`select make_partitions(${from}, 0, 13)`
  const everyMs = (until.getTime() - from.getTime()) / calls

  const store = (first: number) =>
    atomic(db, async (tx) => {
      // No call is written down as one that the job must come to.
      await tx`set local session_replication_role = replica`
      await tx.unsafe(generating, [
        ...[accountId, first, Math.min(calls, first + chunk) - 1, from, everyMs],
        ...[
          [skills.support, skills.sales, skills.billing],
          [handoffId, otherHandoff],
        ],
        ...[smsSender.senderId, waSender, calls],
      ] as never)
    })
  const firsts = Array.from({ length: Math.ceil(calls / chunk) }, (_, place) => place * chunk)
  await inTwo(firsts, store)
  await db`vacuum analyze calls`
  await inTwo(monthsOf(from, until), (since) =>
    sumUpMonth(db, accountId, since, new Date(Date.UTC(since.getUTCFullYear(), since.getUTCMonth() + 1))),
  )
  return { brand, calls, from, until }
}

/** All in order, two at a time: one a processor. */
async function inTwo<T>(all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const rest = all.values()
  const take = async () => {
    for (const one of rest) await work(one)
  }
  await Promise.all([take(), take()])
}

/** The begins of the months (UTC) that a span of time touches. */
function monthsOf(from: Date, until: Date): readonly Date[] {
  const months: Date[] = []
  for (let since = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth())); since < until; ) {
    months.push(since)
    since = new Date(Date.UTC(since.getUTCFullYear(), since.getUTCMonth() + 1))
  }
  return months
}

/*
 * Chance that is the same in each run: hashes of the call's number. About one call in twelve is followed by another within a
 * month.
 *  $1 account  $2 $3 first and last number  $4 since  $5 milliseconds between two calls  $6 skills  $7 handoffs
 *  $8 SMS sender  $9 WhatsApp sender  $10 consumers, at most ten million
 */
const generating = `
insert into calls (account_id, call_id, attempted_at, credential_id, consumer_phone, handoff_id, skill_id, ivr_number,
  available_channels, reasons, invited_at, channel, sender_id, first_message, sent_at, delivered_at, read_at, failed_at, skipped_at,
  replied_at, conversation_id, conversation_created_at, conversation_taken_at, conversation_closed_at, csat, error_source, error_code)
select $1,
  (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(noise, 1, 3) || '8' || substr(noise, 4, 15))::uuid,
  at, 'bench', '+1206' || lpad((who % $10::bigint)::text, 7, '0'),
  ($7::text[])[1 + (chance >> 4) % 2], ($6::uuid[])[1 + (chance >> 6) % 3], '18000' || (chance >> 9) % 5,
  case when luck < 12 then '{}' when channel = 'sms' then '{sms}' else '{wa,sms}' end::text[],
  case when luck < 6 then '[{"channel": "sms", "code": "landline"}]'
    when luck < 9 then '[{"channel": "sms", "code": "open_conversation"}]'
    when luck < 12 then '[{"channel": "sms", "code": "opted_out"}]' end::jsonb,
  case when luck >= 30 then at + interval '3 s' end,
  case when luck >= 30 then channel end,
  case when luck >= 30 then case when channel = 'sms' then $8::uuid else $9::uuid end end,
  case when luck >= 30 then 'Thank you for calling. Reply to this message to go on by text.' end,
  case when luck >= 35 then at + interval '4 s' end,
  case when luck >= 40 then at + interval '7 s' end,
  case when luck >= 55 and channel = 'wa' then at + interval '40 s' end,
  case when luck >= 30 and luck < 40 and luck <> 34 then at + interval '5 s' end,
  case when luck = 34 then at + interval '4 s' end,
  case when luck >= 70 then at + pace end,
  case when luck >= 70 then md5(noise)::uuid end,
  case when luck >= 70 then at + pace end,
  case when luck >= 73 then at + pace * 2 end,
  case when luck >= 70 then at + pace * 5 end,
  case when luck >= 88 then 1 + (chance >> 12) % 5 end,
  case when luck >= 30 and luck < 40 then 'provider' end,
  case when luck = 34 then '21610' when luck >= 30 and luck < 35 then '21614' when luck >= 35 and luck < 40 then '30006' end
from (
  select $4::timestamptz + n * $5::float8 * interval '1 ms' as at, md5(n::text) as noise,
    abs(hashint8extended(n, 1)) % 100 as luck, abs(hashint8extended(n, 2)) as chance, abs(hashint8extended(n, 3)) as who,
    interval '20 s' + abs(hashint8extended(n, 4)) % 1800 * interval '1 s' as pace,
    case when abs(hashint8extended(n, 5)) % 8 < 5 then 'sms' else 'wa' end as channel
  from generate_series($2::bigint, $3::bigint) n) made`
