import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand, testHandoff } from '../../test/test-brand.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { type CountedStep, countedSteps, type ReportDimension, type ReportQuery } from '../domain/report-query.ts'
import { sumUpCalls } from '../store/report-sums.ts'
import { callsBehind } from './calls-behind.ts'
import { type Report, report } from './report.ts'

/*
 * Reports beside an obvious computation over the calls themselves: every dimension and pair of them, in zones of whole, half
 * and quarter hours, over days on which the clock is turned; some calls are in the sums, some have changed since, some are new.
 */
let server: TestServer
let brand: TestBrand
let other: TestBrand
let otherHandoff: string
let templateId: string
let calls: readonly Call[]
const start = Date.UTC(2026, 9, 22)
const minuteMs = 60_000
const spanMinutes = 6 * 24 * 60

interface Call {
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
  readonly replied_at: Date | null
  readonly opted_out_at: Date | null
  readonly conversation_taken_at: Date | null
  readonly conversation_closed_at: Date | null
  readonly csat: number | null
  readonly error_code: string | null
  readonly cost_micros: string
  readonly cost_currency: string | null
  readonly other_costs: Readonly<Record<string, number>> | null
}

/** The same numbers in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * sides)
  }
}

before(async () => {
  server = await testServer()
  brand = await testBrand(server)
  other = await testBrand(server)
  otherHandoff = await testHandoff(server, brand.accountId, [])
  templateId = randomUUID()
  const { db } = server.deps
  const roll = dice(7)
  const made = Array.from({ length: 420 }, (_, number) => callRow(roll, number))
  await db`insert into calls ${db(made.slice(0, 300) as never)}`
  while (await sumUpCalls(db, { settled: false })) {
    // The next batch.
  }
  await db`insert into calls ${db(made.slice(300) as never)}`
  // After the sums: late receipts, late answers, and calls that are gone.
  const late = made.slice(0, 60).map(({ call_id }) => String(call_id))
  await db`update calls set replied_at = sent_at + interval '3 minutes' where call_id = any(${late.slice(0, 30)}::uuid[]) and sent_at is not null`
  await db`update calls set conversation_taken_at = replied_at + interval '1 minute' where call_id = any(${late.slice(0, 20)}::uuid[]) and replied_at is not null`
  await db`delete from calls where call_id = any(${late.slice(55)}::uuid[])`
  // Another brand's calls count nowhere.
  await db`insert into calls ${db({ ...made[0]!, account_id: other.accountId, call_id: randomUUID() } as never)}`
  calls = await db<Call[]>`select * from calls where account_id = ${brand.accountId} order by attempted_at, call_id`
})
after(() => server.close())

function callRow(roll: (sides: number) => number, number: number): Record<string, unknown> {
  const { db } = server.deps
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
    template_id: far > 1 && wa ? templateId : null,
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

/** Local time by Intl alone: `2026-10-25 02:30`, and the offset of then. */
const formats = new Map<string, [Intl.DateTimeFormat, Intl.DateTimeFormat]>()
function localOf(timeZone: string, at: Date): { day: string; hour: number; minute: string; offset: string } {
  const [local, named] = formats.get(timeZone) ?? [
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }),
    new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }),
  ]
  formats.set(timeZone, [local, named])
  const [day, time] = local.format(at).split(' ') as [string, string]
  const name = named.formatToParts(at).find(({ type }) => type === 'timeZoneName')!
  const offset = name.value.replace('GMT', '') || '+00:00'
  return { day, hour: Number(time.slice(0, 2)), minute: `${day}T${time}${offset}`, offset }
}

const channelOf = (call: Call) => call.channel ?? call.available_channels[0] ?? call.reasons![0]!.channel
const statusOf = (call: Call) => {
  if (call.replied_at !== null) return 'RESPONDED'
  if (call.read_at !== null) return 'READ'
  if (call.delivered_at !== null) return 'DELIVERED'
  if (call.skipped_at !== null) return 'SKIPPED'
  if (call.failed_at !== null) return 'FAILED'
  if (call.sent_at !== null) return 'SENT'
  if (call.available_channels.length > 0) return null
  return call.reasons!.some(({ code }) => code === 'opted_out') ? 'SKIPPED' : 'FAILED'
}
const reachedOf = (call: Call): number => {
  if (call.replied_at !== null)
    return call.conversation_taken_at === null ? 5 : call.conversation_closed_at === null ? 6 : 7
  if (call.read_at !== null) return 4
  if (call.delivered_at !== null) return 3
  if (call.sent_at !== null) return 2
  return call.available_channels.length > 0 ? 1 : 0
}
const errorOf = (call: Call): string | null => {
  const status = statusOf(call)
  if (status !== 'FAILED' && status !== 'SKIPPED' && status !== null) return null
  if (call.error_code !== null)
    return `${call.sent_at === null ? 'outbound_' : ''}${channelOf(call) === 'wa' ? 'wa' : 'twilio'}_${call.error_code}`
  if (status !== 'FAILED' || call.available_channels.length > 0) return null
  return call.reasons!.some(({ code }) => code === 'open_conversation') ? 'c2m_1400' : 'c2m_1001'
}
const reasonOf = (call: Call): string | null => {
  const reached = reachedOf(call)
  if (reached === 0) return call.reasons!.find(({ code }) => !code.startsWith('lookup'))!.code
  const error = errorOf(call)
  if (error !== null) return error
  const stopped = call.opted_out_at !== null
  switch (reached) {
    case 1:
      if (statusOf(call) === 'SKIPPED') return 'opted_out'
      return call.invited_at === null ? 'not_invited' : 'on_its_way'
    case 2:
      return stopped ? 'opted_out' : 'no_receipt'
    case 3:
      if (stopped) return 'opted_out'
      return channelOf(call) === 'sms' ? 'reading_unknown' : 'not_read'
    case 4:
      return stopped ? 'opted_out' : 'not_answered'
    case 5:
      return call.conversation_closed_at === null ? 'waiting' : 'abandoned'
    case 6:
      return 'in_conversation'
    default:
      return null
  }
}

const told: Readonly<Record<ReportDimension, (call: Call, timeZone: string) => string | number | null>> = {
  minute: (call, zone) => localOf(zone, call.attempted_at).minute,
  hour: (call, zone) => localOf(zone, call.attempted_at).minute.replace(/:\d\d([+-])/, ':00$1'),
  day: (call, zone) => localOf(zone, call.attempted_at).day,
  weekday: (call, zone) => new Date(`${localOf(zone, call.attempted_at).day}T00:00Z`).getUTCDay() || 7,
  hourOfDay: (call, zone) => localOf(zone, call.attempted_at).hour,
  channel: channelOf,
  askedChannel: (call) => call.available_channels[0] ?? call.reasons![0]!.channel,
  skill: (call) => call.routed_skill_id ?? call.skill_id,
  handoff: (call) => call.handoff_id,
  ivrNumber: (call) => call.ivr_number,
  sender: (call) => call.sender_id,
  country: (call) => ({ '+1': 'US', '+4': 'DE', '+9': 'IN' })[call.consumer_phone.slice(0, 2)]!,
  template: (call) => call.template_id,
  variant: (call) => call.variant,
  reason: reasonOf,
  error: errorOf,
}

const holds: Readonly<Record<CountedStep, (call: Call) => boolean>> = {
  attempted: () => true,
  eligible: (call) => call.available_channels.length > 0,
  invited: (call) => call.invited_at !== null,
  sent: (call) => call.sent_at !== null,
  delivered: (call) => call.delivered_at !== null,
  read: (call) => call.read_at !== null,
  replied: (call) => call.replied_at !== null,
  handled: (call) => call.conversation_taken_at !== null,
  closed: (call) => call.conversation_closed_at !== null,
  failed: (call) => call.sent_at === null || statusOf(call) === 'FAILED',
  skipped: (call) => statusOf(call) === 'SKIPPED',
  optedOut: (call) => call.opted_out_at !== null,
  abandoned: (call) => call.conversation_closed_at !== null && call.conversation_taken_at === null,
  scored: (call) => call.csat !== null,
}
const steps = Object.keys(countedSteps) as CountedStep[]

function average(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
const secondsOf = (among: readonly Call[], from: keyof Call, to: keyof Call) =>
  average(
    among.flatMap((call) => {
      const [a, b] = [call[from], call[to]] as [Date | null, Date | null]
      return a === null || b === null ? [] : [Math.max(0, b.getTime() - a.getTime()) / 1000]
    }),
  )

/** What of Figures is said by the calls alone. */
function slowFigures(among: readonly Call[]) {
  const costs: Record<string, number> = {}
  for (const { cost_micros, cost_currency, other_costs } of among) {
    if (cost_currency !== null) costs[cost_currency] = (costs[cost_currency] ?? 0) + Number(cost_micros)
    for (const [currency, micros] of Object.entries(other_costs ?? {}))
      costs[currency] = (costs[currency] ?? 0) + micros
  }
  const scores = among.flatMap(({ csat }) => csat ?? [])
  return {
    ...Object.fromEntries(
      steps.filter((step) => step !== 'scored').map((step) => [step, among.filter(holds[step]).length]),
    ),
    csat: scores.length === 0 ? null : { average: average(scores), answers: scores.length },
    seconds: {
      callToText: secondsOf(among, 'attempted_at', 'sent_at'),
      textToReply: secondsOf(among, 'sent_at', 'replied_at'),
      replyToAgent: secondsOf(among, 'replied_at', 'conversation_taken_at'),
      handling: secondsOf(among, 'conversation_taken_at', 'conversation_closed_at'),
    },
    cost: Object.entries(costs)
      .map(([currency, amount]) => ({ currency, amount }))
      .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
  }
}

const rounded = (figures: Report['totals']) => {
  const { repeated: _repeated, contained: _contained, costPerHandled: _costPerHandled, ...rest } = figures
  return near(rest)
}
/** Averages to the microsecond: sums of floats have no order. */
const near = (figures: unknown): unknown =>
  JSON.parse(JSON.stringify(figures, (_, value) => (typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value)))

const within = (from: Date, to: Date) => calls.filter((call) => call.attempted_at >= from && call.attempted_at < to)
const asked = (query: Partial<ReportQuery> & Pick<ReportQuery, 'from' | 'to'>): ReportQuery => ({
  ...{ accountId: brand.accountId, timeZone: 'UTC', groupBy: [], filters: {}, compareWith: null, repeatDays: 7 },
  ...query,
})
const plain = (value: unknown) =>
  typeof value === 'object' && value !== null ? (value as { id: string | null }).id : (value ?? null)
const all = { from: new Date(start - 17 * minuteMs), to: new Date(start + spanMinutes * minuteMs) }

async function compareWithSlow(query: ReportQuery, among: readonly Call[], title: string): Promise<Report> {
  const found = await report(server.deps.db, query, 10_000)
  const groups = Map.groupBy(among, (call) =>
    JSON.stringify(query.groupBy.map((dimension) => told[dimension](call, query.timeZone))),
  )
  const rows = new Map(
    found.rows
      .filter(({ figures }) => figures.attempted > 0)
      .map((row) => [JSON.stringify(query.groupBy.map((dimension) => plain(row.group[dimension]))), row.figures]),
  )
  assert.deepEqual(rounded(found.totals), near(slowFigures(among)), `${title}: totals`)
  if (query.groupBy.length > 0) {
    assert.deepEqual([...rows.keys()].sort(), [...groups.keys()].sort(), title)
    for (const [key, group] of groups)
      assert.deepEqual(rounded(rows.get(key)!), near(slowFigures(group)), `${title} ${key}`)
  }
  assert.equal(found.more, false)
  return found
}

const zones = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns']

test('by every dimension, in every kind of zone', async () => {
  const clock = ['hour', 'day', 'weekday', 'hourOfDay'] as const
  const some: readonly (readonly [string, readonly ReportDimension[]])[] = [
    ['Europe/Berlin', clock],
    ['Asia/Kolkata', clock],
    ['Australia/Lord_Howe', ['hour', 'day']],
    ['Asia/Kathmandu', ['hourOfDay']],
    ['UTC', ['day', 'weekday']],
  ]
  for (const [timeZone, dimensions] of some)
    for (const dimension of dimensions)
      await compareWithSlow(asked({ ...all, timeZone, groupBy: [dimension] }), calls, `${timeZone} ${dimension}`)
  const rest = (Object.keys(told) as ReportDimension[]).filter(
    (dimension) => dimension !== 'minute' && !(clock as readonly string[]).includes(dimension),
  )
  for (const dimension of rest)
    await compareWithSlow(asked({ ...all, timeZone: 'Asia/Kolkata', groupBy: [dimension] }), calls, dimension)
})

test('by pairs, filtered, from any moment to any other', async () => {
  const roll = dice(99)
  const pairs = [
    ...[['weekday', 'hourOfDay'] as const, ['day', 'reason'] as const, ['skill', 'channel'] as const],
    ...[['hour', 'country'] as const, ['error', 'handoff'] as const, ['variant', 'template'] as const],
  ]
  const filters: readonly [ReportQuery['filters'], (call: Call) => boolean][] = [
    [{}, () => true],
    [{ channels: [], skills: [brand.skills.sales] }, (call) => told.skill(call, '') === brand.skills.sales],
    [{ ivrNumbers: [null, '+18005550111'] }, (call) => call.ivr_number !== '+18005550222'],
    [
      { reasons: ['landline', 'twilio_30006', 'waiting'] },
      (call) => ['landline', 'twilio_30006', 'waiting'].includes(reasonOf(call)!),
    ],
    [
      { countries: ['IN'], senders: [brand.smsSender.senderId] },
      (call) => told.country(call, '') === 'IN' && call.sender_id !== null,
    ],
    [{ variants: ['A'], handoffs: [otherHandoff] }, (call) => call.variant === 'A' && call.handoff_id === otherHandoff],
    [
      { templates: [templateId], reasons: [null] },
      (call) => call.template_id === templateId && reasonOf(call) === null,
    ],
    [{ channels: ['carrier pigeon'] }, () => false],
  ]
  for (const [place, [filter, lets]] of filters.entries())
    for (const groupBy of [pairs[place % pairs.length]!, pairs[(place + 3) % pairs.length]!]) {
      const from = new Date(start + roll(spanMinutes) * minuteMs + roll(60_000))
      const to = new Date(from.getTime() + 1 + roll(3 * 24 * 60) * minuteMs + roll(60_000))
      const timeZone = zones[roll(zones.length)]!
      const title = `${JSON.stringify(filter)} ${groupBy} ${timeZone} ${from.toISOString()} ${to.toISOString()}`
      await compareWithSlow(
        asked({ from, to, timeZone, groupBy, filters: filter }),
        within(from, to).filter(lets),
        title,
      )
    }
})

test('minute by minute, in the hour that comes twice', async () => {
  const period = { from: new Date('2026-10-25T00:15:20Z'), to: new Date('2026-10-25T01:50Z') }
  const found = await compareWithSlow(
    asked({ ...period, timeZone: 'Europe/Berlin', groupBy: ['minute'] }),
    within(period.from, period.to),
    'minutes',
  )
  assert.equal(found.rows.length, 95)
  assert.equal(found.rows[0]!.group.minute, '2026-10-25T02:15+02:00')
  assert.equal(found.rows.at(-1)!.group.minute, '2026-10-25T02:49+01:00')
})

test('losses: every call is lost at one step or came to the end, and each reason has its calls', async () => {
  const found = await report(server.deps.db, asked(all), 10)
  const names = ['eligible', 'sent', 'delivered', 'read', 'replied', 'handled', 'closed']
  assert.deepEqual(
    found.losses.map(({ step }) => step),
    names,
  )
  for (const [place, { reached, lost, reasons }] of found.losses.entries()) {
    const here = calls.filter((call) => reachedOf(call) === place)
    assert.equal(lost, here.length)
    assert.equal(reached, calls.filter((call) => reachedOf(call) > place).length)
    const counts = Object.fromEntries([...Map.groupBy(here, reasonOf)].map(([code, some]) => [code, some.length]))
    assert.deepEqual(Object.fromEntries(reasons.map(({ code, calls: some }) => [code, some])), counts)
    assert.ok(reasons.every(({ sentence }) => /^[A-Z].+\.$/.test(sentence)))
    assert.ok(reasons.every((reason, at) => at === 0 || reason.calls <= reasons[at - 1]!.calls))
  }
})

test('two periods beside each other: days by their place, all else by itself', async () => {
  const { db } = server.deps
  const [now, then] = [
    { from: new Date('2026-10-25T00:00+02:00'), to: new Date('2026-10-28T00:00+01:00') },
    { from: new Date('2026-10-22T00:00+02:00'), to: new Date('2026-10-25T00:00+02:00') },
  ]
  const timeZone = 'Europe/Berlin'
  const byDay = await report(db, asked({ ...now, timeZone, groupBy: ['day'], compareWith: then }), 100)
  assert.equal(byDay.rows.length, 3)
  assert.deepEqual(rounded(byDay.compared!), near(slowFigures(within(then.from, then.to))))
  for (const [place, row] of byDay.rows.entries()) {
    assert.equal(row.group.day, `2026-10-${25 + place}`)
    const before = within(then.from, then.to).filter((call) => told.day(call, timeZone) === `2026-10-${22 + place}`)
    assert.deepEqual(rounded(row.compared!), near(slowFigures(before)))
  }
  const bySkill = await report(db, asked({ ...now, timeZone, groupBy: ['skill'], compareWith: then }), 100)
  for (const { group, compared } of bySkill.rows) {
    const before = within(then.from, then.to).filter((call) => told.skill(call, timeZone) === plain(group.skill))
    assert.deepEqual(rounded(compared!), near(slowFigures(before)))
  }
  const shorter = { ...then, to: new Date('2026-10-23T00:00+02:00') }
  const uneven = await report(db, asked({ ...shorter, timeZone, groupBy: ['day'], compareWith: now }), 100)
  assert.deepEqual([uneven.rows.length, uneven.compared!.attempted], [1, byDay.totals.attempted])
})

test('rows are cut where asked, and it is said', async () => {
  const whole = await report(server.deps.db, asked({ ...all, groupBy: ['hour'] }), 1_000)
  assert.equal(whole.rows.length, 6 * 24 + 1)
  const cut = await report(server.deps.db, asked({ ...all, groupBy: ['hour'] }), 10)
  assert.deepEqual([cut.rows.length, cut.more], [10, true])
  assert.deepEqual(cut.rows, whole.rows.slice(0, 10))
  assert.deepEqual(cut.totals, whole.totals)
})

test('behind every number stand its calls, page by page and the newest first', async () => {
  const { db } = server.deps
  const timeZone = 'Asia/Kolkata'
  const nothing = { step: null, reached: null, lostAt: null, reason: null, group: {}, filters: {} } as const
  const query = { accountId: brand.accountId, ...all, timeZone, ...nothing }
  const listed = async (wanted: Partial<typeof query> | Record<string, unknown>, limit = 100) => {
    const found: string[] = []
    let after: Awaited<ReturnType<typeof callsBehind>>['next'] = null
    do {
      const page: Awaited<ReturnType<typeof callsBehind>> = await callsBehind(
        db,
        { ...query, ...wanted },
        { after, limit },
      )
      found.push(...page.transactions.map(({ callId }) => callId))
      after = page.next
    } while (after !== null)
    return found
  }
  const newest = (among: readonly Call[]) =>
    among
      .toSorted((a, b) => b.attempted_at.getTime() - a.attempted_at.getTime() || (a.call_id < b.call_id ? 1 : -1))
      .map(({ call_id }) => call_id)
  for (const step of ['attempted', 'failed', 'handled', 'scored'] as const)
    assert.deepEqual(await listed({ step }), newest(calls.filter(holds[step])), step)
  assert.deepEqual(await listed({ step: 'abandoned' }, 5), newest(calls.filter(holds.abandoned)))
  const whole = await report(db, asked({ ...all, timeZone }), 10)
  for (const [place, loss] of whole.losses.entries()) {
    const here = calls.filter((call) => reachedOf(call) === place)
    assert.deepEqual(await listed({ lostAt: loss.step }), newest(here), loss.step)
    assert.equal((await listed({ reached: loss.step })).length, loss.reached)
    for (const { code } of loss.reasons.slice(0, 1))
      assert.deepEqual(
        await listed({ lostAt: loss.step, reason: code }),
        newest(here.filter((call) => reasonOf(call) === code)),
        code,
      )
  }
  for (const groupBy of [
    ['weekday', 'hourOfDay'],
    ['day', 'channel'],
    ['error'],
    ['hour'],
    ['template', 'ivrNumber'],
  ] as const) {
    const { rows } = await report(db, asked({ ...all, timeZone, groupBy }), 1_000)
    const some = rows.filter(({ figures }) => figures.replied > 0).slice(0, 2)
    for (const { group, figures } of some) {
      const behind = await listed({ group, step: 'replied' }, Math.max(2, Math.ceil(figures.replied / 3)))
      assert.equal(behind.length, figures.replied, JSON.stringify(group))
      const wanted = calls.filter(
        (call) =>
          call.replied_at !== null &&
          groupBy.every((dimension) => told[dimension](call, timeZone) === plain(group[dimension])),
      )
      assert.deepEqual(behind, newest(wanted))
    }
  }
  assert.deepEqual(await listed({ filters: { channels: ['wa'] }, group: { channel: 'sms' } }), [])
  const onWhatsApp = calls.filter((call) => channelOf(call) === 'wa' && reasonOf(call) === 'waiting')
  assert.deepEqual(await listed({ filters: { channels: ['wa'], reasons: ['waiting'] } }), newest(onWhatsApp))
})
