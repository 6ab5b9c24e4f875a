import { randomUUID } from 'node:crypto'
import { type TestBrand, testHandoff } from './test-brand.ts'
import { testPhone } from './test-phone.ts'
import type { TestServer } from './test-server.ts'

export interface DeflectedCalls {
  readonly handoffs: { readonly orders: string; readonly billing: string }
  readonly waSenderId: string
  /** The brand's numbers that were called. */
  readonly ivrNumbers: readonly string[]
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Numbers that look drawn and are the same in every run. */
function drawing(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Calls of some weeks as a brand has them: busy mornings and quiet weekends, some callers who cannot be texted, some who do
 * not answer, two texts of which one works better. Written straight into the tables.
 * @param options.until the newest call is a few minutes older.
 */
export async function deflectedCalls(
  server: Pick<TestServer, 'deps'>,
  brand: TestBrand,
  { count, days, until = new Date() }: { count: number; days: number; until?: Date },
): Promise<DeflectedCalls> {
  const { db } = server.deps
  const { accountId, skills, smsSender } = brand
  const waSenderId = randomUUID()
  await db`insert into senders ${db({
    account_id: accountId,
    sender_id: waSenderId,
    connector: 'wa-simulator',
    channel: 'wa',
    address: '+18005550177',
    title: 'Shop on WhatsApp',
    settings: db.json({}),
  })}`
  const texts = ['We are busy. Reply here and go on by text.', 'Hi, how can we help? Just reply to this text.']
  const sms = {
    channel: 'sms',
    senderId: smsSender.senderId,
    text: texts[0]!,
    optOutLine: '',
    senderByIvrNumber: {},
  } as const
  const variants = texts.map((text, place) => ({ name: 'AB'[place]!, weight: 1, text }))
  const handoffs = {
    orders: await testHandoff(server, accountId, [{ ...sms, variants }], { title: 'Orders' }),
    billing: await testHandoff(server, accountId, [sms], { title: 'Billing questions' }),
  }
  const ivrNumbers = ['+18005550100', '+18005550101', '+18005550102']
  const draw = drawing(7)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(draw() ** 1.6 * values.length)]!

  const callers: string[] = []
  let silent = 0
  const rows = Array.from({ length: count }, () => {
    const at = moment(draw, until, days)
    const later = (most: number) => Math.ceil(draw() * most)
    const again = draw() < 0.06 ? callers[Math.floor(draw() * callers.length)] : undefined
    const phone = again ?? testPhone()
    callers.push(phone)
    const billing = draw() < 0.3
    const channel = pick(['sms', 'wa', 'sms', 'inapp'])
    const variant = billing || channel !== 'sms' ? null : pick(['A', 'B'])
    const eligible = draw() < 0.84
    const refusal = pick(['landline', 'opted_out', 'open_conversation', 'quiet_hours', 'not_reachable', 'voip'])
    const sent = eligible && draw() < 0.86
    const reached = sent && draw() < 0.95
    const replied = reached && draw() < (variant === 'B' ? 0.62 : 0.45)
    if (reached && !replied) silent += 1
    const stopped = reached && !replied && silent % 24 === 1
    const taken = replied && draw() < 0.93
    const closed = replied && draw() < 0.95
    const sentAt = new Date(at.getTime() + 400 + later(1_600))
    const deliveredAt = new Date(sentAt.getTime() + later(4_000))
    const repliedAt = new Date(deliveredAt.getTime() + later(9 * minuteMs))
    const takenAt = new Date(repliedAt.getTime() + later(4 * minuteMs))
    const closedAt = new Date(takenAt.getTime() + later(22 * minuteMs))
    return {
      account_id: accountId,
      call_id: randomUUID(),
      attempted_at: at,
      credential_id: 'test',
      consumer_phone: phone,
      handoff_id: billing ? handoffs.billing : handoffs.orders,
      skill_id: billing ? skills.billing : pick([skills.support, skills.sales]),
      ivr_number: pick(ivrNumbers),
      available_channels: eligible ? [channel] : [],
      reasons: eligible ? null : db.json([{ channel, code: refusal }] as never),
      invited_at: sent ? new Date(at.getTime() + 300) : null,
      channel: eligible ? channel : null,
      sender_id: sent && channel !== 'inapp' ? (channel === 'wa' ? waSenderId : smsSender.senderId) : null,
      variant: sent ? variant : null,
      sent_at: sent ? sentAt : null,
      delivered_at: reached ? deliveredAt : null,
      read_at: replied && channel !== 'sms' ? deliveredAt : null,
      failed_at: sent && !reached ? deliveredAt : null,
      error_source: sent && !reached ? 'provider' : null,
      error_code: sent && !reached ? '30006' : null,
      opted_out_at: stopped ? repliedAt : null,
      replied_at: replied ? repliedAt : null,
      conversation_created_at: replied ? repliedAt : null,
      conversation_taken_at: taken ? takenAt : null,
      conversation_closed_at: closed ? closedAt : null,
      cost_micros: sent ? (channel === 'wa' ? 14_000 : 7_900) : 0,
      cost_currency: sent ? 'USD' : null,
      csat: taken && closed && draw() < 0.4 ? 3 + Math.floor(draw() * 3) : null,
    }
  })
  for (let from = 0; from < rows.length; from += 1_000) {
    await db`insert into calls ${db(rows.slice(from, from + 1_000))}`
  }
  const stops = rows.filter(({ opted_out_at }) => opted_out_at !== null)
  for (const { consumer_phone, opted_out_at } of stops.slice(0, 40)) {
    await db`insert into opt_out_history ${db({
      account_id: accountId,
      entry_id: randomUUID(),
      at: opted_out_at,
      address: consumer_phone,
      channel: 'sms',
      resumed: false,
      source: 'keyword',
      evidence: 'STOP',
      sender_id: smsSender.senderId,
    })}`
  }
  return { handoffs, waSenderId, ivrNumbers }
}

/** When somebody calls: mostly between nine and six, and half as often at weekends. */
function moment(draw: () => number, until: Date, days: number): Date {
  for (;;) {
    const at = new Date(until.getTime() - 20 * minuteMs - draw() * days * 24 * hourMs)
    const hour = at.getUTCHours()
    const busy = hour < 6 || hour > 21 ? 0.05 : hour < 9 || hour > 17 ? 0.35 : hour < 12 ? 1 : 0.75
    const weekend = [0, 6].includes(at.getUTCDay()) ? 0.45 : 1
    if (draw() < busy * weekend) return at
  }
}
