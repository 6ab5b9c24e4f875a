import {
  IconAlertTriangle,
  IconChevronDown,
  IconCircleCheck,
  IconCircleX,
  IconPlugConnected,
  IconPoint,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { exactTime } from '../ui/time.tsx'
import type { Tone } from './step-words.ts'
import names from './transactions.module.css'

const icons = { plain: IconPoint, good: IconCircleCheck, warn: IconAlertTriangle, bad: IconCircleX }
const toneWords = { plain: '', good: '', warn: 'Look at this: ', bad: 'Went wrong: ' }

const clock = new Intl.DateTimeFormat(undefined, {
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
})

/** One step of a call's journey, with its time to the second; what has more to show can be opened. */
export function StepRow({
  at,
  tone,
  words,
  more = '',
  numbers = '',
  wire = false,
  children,
}: {
  at: string
  tone: Tone
  words: ReactNode
  more?: ReactNode
  /** On the right: a status, a duration. */
  numbers?: string
  /** Something was said over the network. */
  wire?: boolean
  children?: ReactNode
}) {
  const Icon = wire && tone === 'plain' ? IconPlugConnected : icons[tone]
  const head = (
    <>
      <span className={names.words}>
        <span className="visually-hidden">{toneWords[tone]}</span>
        {words}
        {typeof more === 'string' ? more !== '' && <span className={names.aside}> {more}</span> : more}
      </span>
      {numbers !== '' && <span className={names.number}>{numbers}</span>}
    </>
  )
  return (
    <li>
      <time className={names.at} dateTime={at} title={exactTime(at)}>
        {clock.format(new Date(at))}
      </time>
      <div className={names.what} data-tone={tone}>
        <Icon size={16} stroke={1.8} aria-hidden />
        {children === undefined ? (
          <div className={names.plain}>{head}</div>
        ) : (
          <details className={names.opens}>
            <summary>
              {head}
              <IconChevronDown size={16} stroke={1.6} aria-hidden />
            </summary>
            {children}
          </details>
        )}
      </div>
    </li>
  )
}
