import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconPoint } from '@tabler/icons-react'
import type { Answer } from '../api.ts'
import names from './transactions.module.css'

export type Outcome = Answer<'POST /api/transactions/search'>['transactions'][number]['outcome']

const words: Readonly<Record<Outcome, readonly [text: string, tone: 'plain' | 'good' | 'warn' | 'bad']>> = {
  'not-eligible': ['not eligible', 'warn'],
  eligible: ['eligible, not invited', 'plain'],
  invited: ['invited', 'plain'],
  sent: ['sent', 'plain'],
  delivered: ['delivered', 'plain'],
  read: ['read', 'plain'],
  failed: ['failed', 'bad'],
  skipped: ['not sent', 'warn'],
  'opted-out': ['opted out', 'warn'],
  replied: ['replied', 'good'],
  'in-conversation': ['in a conversation', 'good'],
  closed: ['closed', 'good'],
}
const icons = { plain: IconPoint, good: IconCircleCheck, warn: IconAlertTriangle, bad: IconCircleX }

/** How far a call has come, in a word and a sign. */
export function OutcomeWord({ outcome }: { outcome: Outcome }) {
  const [text, tone] = words[outcome]
  const Icon = icons[tone]
  return (
    <span className={`${names.what} ${names.outcome}`} data-tone={tone}>
      <Icon size={16} stroke={1.8} aria-hidden />
      {text}
    </span>
  )
}
