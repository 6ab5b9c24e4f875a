import type { Figures } from '../domain/figures.ts'
import { errorOf, type Loss, lossesOf, lossReason } from '../domain/losses.ts'
import { bucketsOf } from '../domain/report-buckets.ts'
import {
  type GroupValue,
  isCalendar,
  isClock,
  isNamed,
  type ReportDimension,
  type ReportGroup,
  type ReportPeriod,
  type ReportQuery,
} from '../domain/report-query.ts'
import { type ZoneOffset, zoneOffsets } from '../domain/zone-offsets.ts'
import type { Database, DbOrTx } from '../store/db.ts'
import { groupNames } from './group-names.ts'
import { inSnapshot } from './in-snapshot.ts'
import { type ReportPart, reportParts } from './report-parts.ts'
import { figuresOfTally, noTally, type Tally, tallied } from './tally.ts'

export interface ReportRow {
  readonly group: ReportGroup
  readonly figures: Figures
  /** Of the other period; null: none was named. */
  readonly compared: Figures | null
}

export interface Report {
  readonly totals: Figures
  readonly compared: Figures | null
  readonly rows: readonly ReportRow[]
  readonly losses: readonly Loss[]
  /** There are more rows than were asked for. */
  readonly more: boolean
}

/**
 * What became of a brand's calls, in a snapshot: as of this moment, whatever is committed counts, and both periods are seen
 * at the same moment.
 * @param mostRows rows are cut after so many: the latest, or those with the fewest calls.
 */
export async function report(db: Database, query: ReportQuery, mostRows: number): Promise<Report> {
  return inSnapshot(db, async (tx) => {
    const side = await readSide(tx, query, query)
    const other = query.compareWith === null ? null : await readSide(tx, query, query.compareWith)
    const rows = ordered(query.groupBy, merged(query, side, other), side)
    const shown = rows.slice(0, mostRows)
    const nameOf = await groupNames(tx, query.accountId, query.groupBy, shown)
    return {
      totals: figuresOfTally(side.total),
      compared: other && figuresOfTally(other.total),
      rows: shown.map(({ key, tally, compared }) => ({
        group: groupOf(query.groupBy, key, nameOf),
        figures: figuresOfTally(tally),
        compared: other && figuresOfTally(compared),
      })),
      losses: side.losses,
      more: rows.length > mostRows,
    }
  })
}

type Key = readonly (string | number | null)[]

/** One of the two periods. */
interface Side {
  readonly total: Tally
  readonly losses: readonly Loss[]
  readonly groups: ReadonlyMap<string, { readonly key: Key; readonly tally: Tally }>
  /** Of each dimension of time, with the place of each. */
  readonly buckets: ReadonlyMap<ReportDimension, Buckets>
}

interface Buckets {
  readonly inOrder: readonly (string | number)[]
  readonly placeOf: ReadonlyMap<string | number | null, number>
}

async function readSide(tx: DbOrTx, query: ReportQuery, { from, to }: ReportPeriod): Promise<Side> {
  const { accountId, groupBy, filters } = query
  const offsets = zoneOffsets(query.timeZone, from, to)
  const reasons = filters.reasons === undefined || filters.reasons.length === 0 ? null : filters.reasons
  const apart = reasons !== null || groupBy.some((dimension) => dimension === 'reason' || dimension === 'error')
  const read = await reportParts(tx, { accountId, from, to, filters, offsets }, groupBy, {
    apart,
    repeatDays: query.repeatDays,
  })
  const isWanted = ({ facts }: ReportPart) =>
    reasons === null || facts === null || reasons.includes(lossReason(facts)?.code ?? null)
  const kept = read.losses.filter(isWanted)
  const groups = new Map<string, { key: Key; tally: Tally }>()
  for (const part of read.parts.filter(isWanted)) {
    const key = wholeKey(groupBy, part)
    const name = JSON.stringify(key)
    groups.set(name, { key, tally: tallied(groups.get(name)?.tally ?? noTally, part) })
  }
  return {
    total: kept.reduce(tallied, noTally),
    losses: lossesOf(kept.map(({ facts, counts }) => ({ ...facts!, attempted: counts.attempted }))),
    groups,
    buckets: bucketsOfAll(groupBy, { from, to }, offsets),
  }
}

function wholeKey(groupBy: readonly ReportDimension[], part: ReportPart): Key {
  const said = [...part.key]
  return groupBy.map((dimension) => {
    if (dimension === 'reason') return (part.facts && lossReason(part.facts))?.code ?? null
    if (dimension === 'error') return (part.facts && errorOf(part.facts))?.code ?? null
    return said.shift() ?? null
  })
}

const bucketsOfAll = (groupBy: readonly ReportDimension[], period: ReportPeriod, offsets: readonly ZoneOffset[]) =>
  new Map(
    groupBy.flatMap((dimension) =>
      isClock(dimension) ? [[dimension, placed(bucketsOf(dimension, period, offsets))] as const] : [],
    ),
  )

const placed = (inOrder: Buckets['inOrder']): Buckets => ({
  inOrder,
  placeOf: new Map(inOrder.map((bucket, place) => [bucket, place])),
})

interface Merged {
  readonly key: Key
  readonly tally: Tally
  readonly compared: Tally
}

/**
 * Rows of both periods side by side. Days, hours and minutes are matched by their place in the period, all else by itself;
 * what a longer other period has beyond is in its total alone. By one dimension of time alone, every bucket has its row.
 */
function merged({ groupBy }: ReportQuery, side: Side, other: Side | null): readonly Merged[] {
  const rows = new Map<string, Merged>()
  const only = groupBy.length === 1 ? side.buckets.get(groupBy[0]!) : undefined
  for (const bucket of only?.inOrder ?? [])
    rows.set(JSON.stringify([bucket]), { key: [bucket], tally: noTally, compared: noTally })
  if (groupBy.length > 0)
    for (const [name, { key, tally }] of side.groups) rows.set(name, { key, tally, compared: noTally })
  for (const { key: theirs, tally } of groupBy.length === 0 ? [] : (other?.groups.values() ?? [])) {
    const key = theirs.map((value, place) => {
      const dimension = groupBy[place]!
      if (!isCalendar(dimension)) return value
      return side.buckets.get(dimension)!.inOrder[other!.buckets.get(dimension)!.placeOf.get(value) ?? -1]
    })
    if (key.includes(undefined)) continue
    const name = JSON.stringify(key)
    rows.set(name, { key: key as Key, tally: rows.get(name)?.tally ?? noTally, compared: tally })
  }
  return [...rows.values()]
}

/** By time where time is told apart, then the most calls first. */
function ordered(groupBy: readonly ReportDimension[], rows: readonly Merged[], side: Side): readonly Merged[] {
  const known = groupBy.map((dimension) => side.buckets.get(dimension)?.placeOf)
  // Beyond what is ever shown, buckets have no place.
  const placeOf = (row: Merged, at: number) => known[at]?.get(row.key[at]!) ?? Number.MAX_SAFE_INTEGER
  return rows.toSorted((a, b) => {
    for (const at of known.keys()) {
      const apart = placeOf(a, at) - placeOf(b, at)
      if (apart !== 0) return apart
    }
    const more =
      b.tally.counts.attempted - a.tally.counts.attempted || b.compared.counts.attempted - a.compared.counts.attempted
    return more || (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1)
  })
}

function groupOf(
  groupBy: readonly ReportDimension[],
  key: Key,
  nameOf: (dimension: ReportDimension, id: string) => string | null,
): ReportGroup {
  return Object.fromEntries(
    groupBy.map((dimension, place): [ReportDimension, GroupValue] => {
      const value = key[place] ?? null
      if (!isNamed(dimension)) return [dimension, value]
      const id = value === null ? null : String(value)
      return [dimension, { id, name: id === null ? null : nameOf(dimension, id) }]
    }),
  )
}
