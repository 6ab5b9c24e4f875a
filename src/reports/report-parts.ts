import type { Channel } from '../domain/channel.ts'
import type { LossFacts } from '../domain/losses.ts'
import { type PartCounts, partMeasures } from '../domain/report.ts'
import { isCalendar, type ReportDimension } from '../domain/report-query.ts'
import { offsetLabel } from '../domain/zone-offsets.ts'
import type { DbOrTx } from '../store/db.ts'
import { type CountedPeriod, overCounted } from './counted-facets.ts'
import { dimensionSql } from './dimension-sql.ts'

/** Calls that have the asked dimensions in common, and why they got no further. */
export interface ReportPart {
  /** Of each asked dimension but `reason` and `error`, in their order: what the database says. */
  readonly key: readonly (string | number | null)[]
  /** Null: told together, whatever became of them. */
  readonly facts: LossFacts | null
  /** Of the cost among the counts; null: none is known. */
  readonly currency: string | null
  readonly counts: PartCounts
}

const facts = ['reached', 'loss', 'channel', 'connector', 'error_source', 'error_code', 'error_stage'] as const

type Row = Record<(typeof facts)[number], string | null> &
  PartCounts & { reached: number } & Record<`key${number}`, string | number | null> &
  Record<`shift${number}`, number | null> & { currency: string | null; together: boolean }

const sums = partMeasures.map((name) => `sum(times * ${name})::float8 as ${name}`).join(', ')

/**
 * The parts of a period, and at once why its calls got no further: two readings of the same sums in one statement.
 * @param options.apart every part also by its loss, for reports that tell reasons apart or leave some out. `repeatDays`: how
 *   soon another call makes one a repeated one; without it none is.
 */
export async function reportParts(
  tx: DbOrTx,
  period: CountedPeriod,
  groupBy: readonly ReportDimension[],
  options: { readonly apart: boolean; readonly repeatDays?: number },
): Promise<{ readonly parts: readonly ReportPart[]; readonly losses: readonly ReportPart[] }> {
  const keys = groupBy.flatMap((dimension) =>
    dimension === 'reason' || dimension === 'error' ? [] : [{ sql: dimensionSql[dimension], dimension }],
  )
  const selected = keys.flatMap(({ sql, dimension }, place) => [
    `${sql} as key${place}`,
    ...(isCalendar(dimension) && dimension !== 'day' ? [`shift_seconds as shift${place}`] : []),
  ])
  const keyPlaces = selected.map((_, place) => place + 1)
  const factPlaces = facts.map((_, place) => selected.length + place + 1)
  const grouping = options.apart
    ? [...keyPlaces, ...factPlaces, 'currency'].join(', ')
    : `grouping sets ((${[...keyPlaces, 'currency'].join(', ')}), (${[...factPlaces, 'currency'].join(', ')}))`
  const columns = [...selected, ...facts.map((name) => `${name} as ${name}`)]
  const { sql, parameters } = overCounted(
    period,
    groupBy,
    () => `, sent_from as (
      select counted.*, senders.connector
      from counted left join senders on senders.account_id = $1 and senders.sender_id = counted.sender_id)
    select ${[...columns, 'currency'].join(', ')}, ${options.apart ? 'false' : 'grouping(reached) = 1'} as together, ${sums}
    from sent_from group by ${grouping} having sum(times * attempted) <> 0 or sum(times * cost_micros) <> 0`,
    options,
  )
  const rows = await tx.unsafe<Row[]>(sql, parameters as never)
  const told = rows.map((row) => partOf(row, keys.length))
  return options.apart
    ? { parts: told, losses: told }
    : { parts: told.filter((part) => part.facts === null), losses: told.filter((part) => part.facts !== null) }
}

function partOf(row: Row, keys: number): ReportPart {
  return {
    key: Array.from({ length: keys }, (_, place) => {
      const key = row[`key${place}`] ?? null
      const shift = row[`shift${place}`]
      return shift === undefined || shift === null ? key : `${key}${offsetLabel(shift * 1000)}`
    }),
    facts: row.together
      ? null
      : {
          ...{ reached: row.reached, loss: row.loss, channel: row.channel as Channel | null, connector: row.connector },
          ...{ source: row.error_source, code: row.error_code, stage: row.error_stage },
        },
    currency: row.currency,
    counts: Object.fromEntries(partMeasures.map((name) => [name, row[name]])) as PartCounts,
  }
}
