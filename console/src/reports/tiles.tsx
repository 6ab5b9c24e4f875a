import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { CallsButton } from './calls-button.tsx'
import { Change } from './change.tsx'
import { countText, type Figure, figure, figureText, moneyText, shareOf, shareText } from './figures.ts'
import names from './reports.module.css'
import type { Figures, Report } from './shapes.ts'

/** What the deflection earns, in a handful of numbers. */
export function Tiles({ report: { totals: now, compared: before } }: { report: Report }) {
  const part = (count: number, of: number, words: string) => (of === 0 ? '' : `${shareText(count / of)} ${words}`)
  const tiles: readonly (readonly [Figure, string])[] = [
    [figure.attempted, part(now.eligible, now.attempted, 'eligible')],
    [figure.sent, part(now.sent, now.attempted, 'of the calls')],
    [figure.replied, part(now.replied, now.sent, 'of what was sent')],
    [figure.handled, part(now.handled, now.attempted, 'of the calls')],
    [
      figure.csat,
      now.csat === null ? 'nobody has given a score' : `from ${countText(now.csat.answers)} answers, 1 to 5`,
    ],
    [figure.optedOut, part(now.optedOut, now.sent, 'of what was sent')],
  ]
  return (
    <dl className={names.tiles}>
      {tiles.map(([one, more]) => (
        <Tile key={one.id} figure={one} now={now} before={before}>
          {more}
        </Tile>
      ))}
      <ContainedTile now={now} before={before} />
      <CostTile now={now} />
    </dl>
  )
}

function Tile({
  figure: { label, unit, good, step, of },
  now,
  before,
  children,
}: {
  figure: Figure
  now: Figures
  before: Figures | null
  children: ReactNode
}) {
  const value = of(now)
  const text = figureText(unit, value)
  return (
    <div className={names.tile}>
      <dt>{label}</dt>
      <dd>
        <CallsButton count={value ?? 0} of={step === null ? null : { step }} label={`the calls behind “${label}”`}>
          {text}
        </CallsButton>
        {before !== null && <Change unit={unit} good={good} now={value} before={of(before)} />}
      </dd>
      <dd className={names.small}>{children}</dd>
    </div>
  )
}

/** Who was helped without calling again. */
function ContainedTile({ now: { contained, repeated, replied }, before }: { now: Figures; before: Figures | null }) {
  if (contained === null) return null
  const share = shareOf(contained, replied)
  const shareBefore = before === null || before.contained === null ? null : shareOf(before.contained, before.replied)
  return (
    <div className={names.tile}>
      <dt>Contained</dt>
      <dd>
        <span className={names.number}>{shareText(share)}</span>
        {before !== null && <Change unit="share" good="more" now={share} before={shareBefore} />}
      </dd>
      <dd className={names.small}>
        replied and did not call again in 7 days; {countText(repeated ?? 0)} calls came again
      </dd>
    </div>
  )
}

/** What the providers took, each currency for itself: nobody knows here what one is worth in another. */
function CostTile({ now: { cost, costPerHandled } }: { now: Figures }) {
  return (
    <div className={names.tile}>
      <dt>Cost of messages</dt>
      {cost.length === 0 && (
        <>
          <dd>
            <span className={names.number}>–</span>
          </dd>
          <dd className={names.small}>no price is known</dd>
        </>
      )}
      {cost.map(({ currency, amount }) => (
        <dd key={currency}>
          <span className={names.number}>{moneyText(amount, currency)}</span>
        </dd>
      ))}
      {costPerHandled.length > 0 && (
        <dd className={names.small}>
          {costPerHandled.map(({ currency, amount }) => moneyText(amount, currency)).join(' and ')} a handled
          conversation
        </dd>
      )}
    </div>
  )
}

export function TilesSkeleton() {
  return (
    <div className={names.tiles} aria-busy="true">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: 8 }, (_, place) => place).map((place) => (
        <Skeleton key={place} height={98} radius={8} />
      ))}
    </div>
  )
}
