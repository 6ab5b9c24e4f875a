import { IconArrowDownRight, IconArrowUpRight, IconEqual } from '@tabler/icons-react'
import { type Figure, figureText, moved, type Unit } from './figures.ts'
import names from './reports.module.css'

const icons = { up: IconArrowUpRight, down: IconArrowDownRight, same: IconEqual }
const ways = { up: 'more than', down: 'less than', same: 'the same as' }

/** How a number moved against the other span; green and red only where one way is better, and never without the arrow. */
export function Change({
  unit,
  good = 'either',
  now,
  before,
}: {
  unit: Unit
  good?: Figure['good']
  now: number | null
  before: number | null
}) {
  const told = moved(unit, now, before)
  if (told === null) return null
  const Icon = icons[told.way]
  const better =
    good === 'either' || told.way === 'same' ? '' : (told.way === 'up') === (good === 'more') ? 'good' : 'bad'
  return (
    <span className={names.change} data-tone={better} title={`Before: ${figureText(unit, before)}`}>
      <Icon size={14} stroke={1.8} aria-hidden />
      {told.by}
      <span className="visually-hidden">
        {' '}
        {ways[told.way]} {figureText(unit, before)} before
      </span>
    </span>
  )
}
