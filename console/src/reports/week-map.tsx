import { Select, Skeleton, UnstyledButton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type KeyboardEvent, useRef, useState } from 'react'
import charts from './charts.module.css'
import { type Figure, figure, figureText, shortText } from './figures.ts'
import { hourWords, weekdayWords } from './group-words.ts'
import { Answered, Part } from './part.tsx'
import { useReportPage } from './report-context.ts'
import type { Report } from './shapes.ts'
import { useReport } from './use-report.ts'

const shown: readonly Figure[] = [figure.attempted, figure.sent, figure.replied, figure.replyRate, figure.handled]
const days = [1, 2, 3, 4, 5, 6, 7]
const hours = Array.from({ length: 24 }, (_, hour) => hour)
/** Shades from none to most; each has a colour of its own for its text (reports.module.css). */
const shades = 6

/** When callers call and when they answer: each hour of the week. It is a table already, with shades behind its numbers. */
export function WeekMap() {
  const { address, go, view } = useReportPage()
  const query = useReport(['weekday', 'hourOfDay'])
  const one = shown.find(({ id }) => id === address.map) ?? figure.attempted
  return (
    <Part
      title="Hours of the week"
      about={`${one.label} by weekday and hour, ${view.zone.replaceAll('_', ' ')} time. Arrow keys go from hour to hour.`}
      actions={
        <Select
          aria-label="Figure of the map"
          size="xs"
          w={130}
          data={shown.map(({ id, label }) => ({ value: id, label }))}
          value={one.id}
          allowDeselect={false}
          onChange={(map) => go({ map: map ?? 'attempted' })}
        />
      }
    >
      <Answered query={query} skeleton={<HoursSkeleton />}>
        {(report) => <Hours figure={one} report={report} />}
      </Answered>
    </Part>
  )
}

function Hours({ figure: { label, unit, step, of }, report: { rows } }: { figure: Figure; report: Report }) {
  const { openCalls } = useReportPage()
  // Where seven columns have room and twenty-four have not, the hours go down.
  const narrow = useMediaQuery('(max-width: 1080px)', undefined, { getInitialValueInEffect: false }) === true
  const box = useRef<HTMLTableElement>(null)
  const [at, setAt] = useState<readonly [day: number, hour: number]>([1, 9])
  const found = new Map(rows.map(({ group, figures }) => [`${group.weekday} ${group.hourOfDay}`, of(figures)]))
  const most = Math.max(...[...found.values()].map((value) => value ?? 0), 0)
  const [across, down] = narrow ? [days, hours] : [hours, days]
  const place = (row: number, column: number) => (narrow ? ([column, row] as const) : ([row, column] as const))
  const words = (day: number, hour: number) => `${weekdayWords(day)} ${hourWords(hour)}`

  const move = (event: KeyboardEvent) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const [byDay, byHour] = narrow ? [step[1]!, step[0]!] : [step[0]!, step[1]!]
    const next = [((at[0] - 1 + byDay + 7) % 7) + 1, (at[1] + byHour + 24) % 24] as const
    setAt(next)
    box.current?.querySelector<HTMLElement>(`[data-place="${next.join(' ')}"]`)?.focus()
  }

  return (
    <table ref={box} className={charts.map} onKeyDown={move} data-narrow={narrow || undefined}>
      <caption className="visually-hidden">{label} by weekday and hour of the day</caption>
      <thead>
        <tr>
          <td />
          {across.map((one) => (
            <th key={one} scope="col">
              {narrow ? weekdayWords(one, 'short') : String(one).padStart(2, '0')}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {down.map((row) => (
          <tr key={row}>
            <th scope="row">{narrow ? hourWords(row) : weekdayWords(row, 'short')}</th>
            {across.map((column) => {
              const [day, hour] = place(row, column)
              const value = found.get(`${day} ${hour}`) ?? null
              const shade = value === null || most === 0 ? 0 : Math.ceil((value / most) * (shades - 1))
              const exact = `${words(day, hour)}: ${figureText(unit, value ?? (unit === 'count' ? 0 : null))}`
              return (
                <td key={column}>
                  <UnstyledButton
                    className={charts.hour!}
                    data-shade={shade}
                    data-place={`${day} ${hour}`}
                    tabIndex={at[0] === day && at[1] === hour ? 0 : -1}
                    aria-label={exact}
                    title={exact}
                    onFocus={() => setAt([day, hour])}
                    onClick={() =>
                      (value ?? 0) > 0 &&
                      openCalls({
                        ...(step === null ? {} : { step }),
                        group: { weekday: String(day), hourOfDay: String(hour) },
                      })
                    }
                  >
                    {textIn(unit, value)}
                  </UnstyledButton>
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function HoursSkeleton() {
  return (
    <div className={charts.mapSkeleton} aria-busy="true">
      {days.map((day) => (
        <Skeleton key={day} height={30} />
      ))}
    </div>
  )
}

/** What a small cell has room for. */
function textIn(unit: Figure['unit'], value: number | null): string {
  if (value === null || value === 0) return ''
  return unit === 'share' ? String(Math.round(value * 100)) : shortText(value)
}
