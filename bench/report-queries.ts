import { analytics } from '../src/reports/analytics.ts'
import { type ReportPlace, transactionsAfter, transactionsAt } from '../src/reports/transactions.ts'
import type { Database } from '../src/store/db.ts'
import type { BenchStage } from './bench-stage.ts'
import type { GeneratedCalls } from './generated-calls.ts'
import type { Ratio } from './ratios.ts'

const dayMs = 24 * 3_600_000
/** Of one question in one round; the median counts. */
const repetitions = 9
const pageSize = 100
/** Shares of the whole at which pages begin. */
const depths = [0, 0.1, 0.37, 0.5, 0.83, 0.999]

/** Analytics over 60 days: against the same aggregate over the calls themselves, and against a tenth as many calls. */
export async function analyticsRatios(
  stage: BenchStage,
  options: { large: GeneratedCalls; small: GeneratedCalls; rounds: number; gain: number },
): Promise<Ratio[]> {
  const { large, small, rounds, gain } = options
  const [ours, smaller, patient] = [stage.open('ours', 1), stage.open('small', 1), stage.patient('ours')]
  // What somebody would make who wanted to ask the calls; nothing of ours has it.
  await patient`create index raw_by_time on calls (account_id, attempted_at)`
  await patient`analyze calls`
  const gains: number[] = []
  const growths: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    // Both ask for whole days, as a job at night does.
    const [inLarge, inSmall] = await medians(
      () => analytics(ours, { ...window(large), ...anything(large) }),
      () => analytics(smaller, { ...window(small), ...anything(small) }),
    )
    const raw = await timed(() => rawAnalytics(patient, large))
    if (round > 0) {
      gains.push(raw / inLarge)
      growths.push(inLarge / inSmall)
    }
    console.log(
      `  60 days: ${inLarge.toFixed(1)} ms, of a tenth as many calls ${inSmall.toFixed(1)} ms, the raw rows ${raw.toFixed(0)} ms`,
    )
  }
  await patient`drop index raw_by_time`
  return [
    { what: 'analytics over 60 days, raw rows / ours', values: gains, bar: { atLeast: gain } },
    { what: 'analytics over 60 days, ours / ours with a tenth as many calls', values: growths, bar: { atMost: 1.2 } },
  ]
}

/** Sixty days in the middle. */
const window = ({ until }: GeneratedCalls) => ({
  from: new Date(until.getTime() - 120 * dayMs),
  until: new Date(until.getTime() - 60 * dayMs),
})
const anything = ({ brand }: GeneratedCalls) => ({
  ...{ accountId: brand.accountId, channels: null, skills: null, handoffIds: null, byHandoff: false },
})

/** The aggregate as one writes it over a table of calls: no sums, and no more care for statuses than it needs. */
function rawAnalytics(db: Pick<Database, 'unsafe'>, made: GeneratedCalls): Promise<unknown> {
  const { from, until } = window(made)
  return db.unsafe(
    `select to_char(attempted_at, 'YYYY-MM-DD') as day, coalesce(channel, available_channels[1], reasons -> 0 ->> 'channel'),
       coalesce(routed_skill_id, skill_id), count(*), count(*) filter (where available_channels <> '{}') as eligible,
       count(skipped_at) as skipped, count(sent_at) as sent,
       count(*) filter (where sent_at is null or failed_at is not null and delivered_at is null) as failed,
       count(delivered_at) as delivered, count(read_at) as read, count(replied_at) as replied,
       count(conversation_closed_at) as closed, avg(csat) as csat, count(*) filter (where error_code is not null) as errors
     from calls where account_id = $1 and attempted_at >= $2 and attempted_at < $3 group by 1, 2, 3`,
    [made.brand.accountId, from, until] as never,
  )
}

/** A page of 100 calls of the whole year at several depths, by place and by offset, against 100 rows by their keys. */
export async function pageRatios(stage: BenchStage, made: GeneratedCalls, rounds: number): Promise<Ratio[]> {
  const db = stage.open('ours', 1)
  const { accountId } = made.brand
  const query = { accountId, from: made.from, until: made.until, channels: null, skills: null, statuses: null }
  const byPlace: number[][] = depths.map(() => [])
  const byOffset: number[][] = depths.map(() => [])
  for (let round = 0; round <= rounds; round += 1) {
    const keys: string[][] = []
    while (keys.length < depths.length * repetitions) keys.push(await randomIds(db, made))
    const key = await median(() => rowsByKey(db, accountId, keys.pop()!), keys.length)
    const [places, offsets]: [number[], number[]] = [[], []]
    for (const depth of depths) {
      const place = await placeAt(db, made, depth)
      places.push(await median(() => transactionsAfter(db, query, place, pageSize)))
      const offset = Math.floor(depth * made.calls)
      offsets.push(await median(() => transactionsAt(db, query, offset, pageSize)))
    }
    if (round > 0) {
      for (const [depth, ms] of places.entries()) byPlace[depth]!.push(ms / key)
      for (const [depth, ms] of offsets.entries()) byOffset[depth]!.push(ms / key)
    }
    const shown = (all: number[]) => all.map((ms) => ms.toFixed(1)).join(' ')
    console.log(`  100 rows by key ${key.toFixed(1)} ms | by place ${shown(places)} | by offset ${shown(offsets)}`)
  }
  return [
    { what: 'a page by nextPage at its worst depth / 100 rows by key', values: worst(byPlace), bar: { atMost: 5 } },
    { what: 'a page by offset at its worst depth / 100 rows by key', values: worst(byOffset), bar: { atMost: 5 } },
  ]
}

/** The depth whose middle round is the slowest: the slowest of all rounds would be the machine's. */
const worst = (byDepth: readonly (readonly number[])[]): readonly number[] =>
  byDepth.toSorted((a, b) => middle(b) - middle(a))[0]!
const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

const rowsByKey = (db: Database, accountId: string, callIds: readonly string[]) =>
  db`select * from calls where account_id = ${accountId} and call_id = any(${callIds as string[]})`

/** A hundred calls from anywhere. */
async function randomIds(db: Database, { brand, from, until }: GeneratedCalls): Promise<string[]> {
  const span = until.getTime() - from.getTime()
  const times = Array.from({ length: pageSize }, () =>
    new Date(from.getTime() + Math.random() * span * 0.99).toISOString(),
  )
  const found = await db<{ callId: string }[]>`
    select (
      select call_id from calls_by_time where account_id = ${brand.accountId} and attempted_at >= at
      order by attempted_at, call_id limit 1) as "callId"
    from unnest(${times}::text[]::timestamptz[]) at`
  return found.map(({ callId }) => callId)
}

/** Where a reader is who has paged through such a share of the whole; null: nowhere yet. */
async function placeAt(
  db: Database,
  { brand, from, until }: GeneratedCalls,
  depth: number,
): Promise<ReportPlace | null> {
  if (depth === 0) return null
  const at = new Date(from.getTime() + depth * (until.getTime() - from.getTime()))
  const [place] = await db<ReportPlace[]>`
    select attempted_at::text as at, call_id as "callId" from calls_by_time
    where account_id = ${brand.accountId} and attempted_at >= ${at} order by attempted_at, call_id limit 1`
  return place ?? null
}

async function timed(ask: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await ask()
  return performance.now() - began
}

async function median(ask: () => Promise<unknown>, times = repetitions): Promise<number> {
  const took: number[] = []
  while (took.length < times) took.push(await timed(ask))
  return middle(took)
}

/** Of both in turn, so that whatever else the machine does befalls both. */
async function medians(one: () => Promise<unknown>, other: () => Promise<unknown>): Promise<readonly [number, number]> {
  const took: [number[], number[]] = [[], []]
  while (took[1].length < repetitions) {
    took[0].push(await timed(one))
    took[1].push(await timed(other))
  }
  return [middle(took[0]), middle(took[1])]
}
