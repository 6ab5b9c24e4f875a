import { Bar, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import charts from './charts.module.css'
import { addsUp, axisText, type Figure, figureText, type Unit } from './figures.ts'

export interface TrendPoint {
  readonly id: string
  readonly words: string
  /** For the axis. */
  readonly short: string
  readonly now: number | null
  readonly before: number | null
}

const height = 128
const still = { isAnimationActive: false } as const

/**
 * One figure over time, from zero. Counts and costs are bars, since each belongs to its own piece of time; shares and scores are a
 * line, since a piece without any has none. Arrow keys go from point to point; a click opens the calls behind one.
 */
export function TrendChart({
  figure: { label, unit },
  points,
  compared,
  onOpen,
}: {
  figure: Figure
  points: readonly TrendPoint[]
  compared: boolean
  onOpen(point: TrendPoint): void
}) {
  const tick = { fontSize: 11, fill: 'var(--mantine-color-dimmed)' }
  return (
    <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 320, height }}>
      <ComposedChart
        data={[...points]}
        margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
        title={`${label}: ${points.length} points; the arrow keys read them`}
        barCategoryGap={points.length > 60 ? 0 : '15%'}
        onClick={({ activeIndex }) => {
          const point = points[Number(activeIndex)]
          if (point !== undefined && (point.now ?? 0) > 0) onOpen(point)
        }}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="short" tick={tick} tickLine={false} stroke="var(--line)" minTickGap={32} />
        <YAxis
          width={44}
          tick={tick}
          tickLine={false}
          axisLine={false}
          tickCount={unit === 'score' ? 6 : 3}
          domain={domainOf(unit, points)}
          allowDecimals={unit !== 'count'}
          tickFormatter={(value: number) => axisText(unit, value)}
        />
        <Tooltip
          {...still}
          cursor={{ fill: 'var(--surface-hover)', stroke: 'var(--line)' }}
          content={({ active, payload }) => {
            const point = payload?.[0]?.payload as TrendPoint | undefined
            if (!active || point === undefined) return null
            return <Reading point={point} unit={unit} label={label} compared={compared} />
          }}
        />
        {addsUp(unit) ? (
          <Bar dataKey="now" fill="var(--chart)" radius={[2, 2, 0, 0]} {...still} />
        ) : (
          <Line
            dataKey="now"
            stroke="var(--chart)"
            strokeWidth={2}
            connectNulls
            dot={points.length > 40 ? false : { r: 2, fill: 'var(--chart)' }}
            {...still}
          />
        )}
        {compared && (
          <Line
            dataKey="before"
            stroke="var(--mantine-color-dimmed)"
            strokeWidth={1.5}
            strokeDasharray="4 3"
            connectNulls
            dot={false}
            {...still}
          />
        )}
      </ComposedChart>
    </ResponsiveContainer>
  )
}

function Reading({
  point: { words, now, before },
  unit,
  label,
  compared,
}: {
  point: TrendPoint
  unit: Unit
  label: string
  compared: boolean
}) {
  return (
    <div className={charts.reading} role="status">
      <div>{words}</div>
      <strong>
        {label}: {figureText(unit, now)}
      </strong>
      {compared && <div>before: {figureText(unit, before)}</div>}
    </div>
  )
}

/** Axes begin at zero; an empty one still has a top, and a score always shows all of its 1 to 5. */
function domainOf(unit: Unit, points: readonly TrendPoint[]): [number, number | 'auto'] {
  if (unit === 'score') return [0, 5]
  return [0, points.some(({ now, before }) => (now ?? 0) > 0 || (before ?? 0) > 0) ? 'auto' : 1]
}
