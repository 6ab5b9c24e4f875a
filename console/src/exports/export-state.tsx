import { Progress } from '@mantine/core'
import names from '../admin/admin.module.css'
import { StateBadge, type StateKind } from '../admin/state-badge.tsx'
import { Time } from '../ui/time.tsx'
import { rowsWords, sizeWords } from './export-words.ts'
import own from './exports.module.css'
import type { Export } from './use-exports.ts'

const looks: Readonly<Record<Export['state'], readonly [StateKind, string]>> = {
  waiting: ['waiting', 'Waits'],
  running: ['waiting', 'Being made'],
  done: ['good', 'Done'],
  failed: ['bad', 'Failed'],
  cancelled: ['off', 'Cancelled'],
}

/** How far an export has come, in a word, a bar while it is being made, and what went wrong. */
export function ExportState({ one }: { one: Export }) {
  const [kind, word] = looks[one.state]
  const { state, percent, rows, failure, nextTryAt } = one
  return (
    <div className={own.progress}>
      <StateBadge kind={kind}>{word}</StateBadge>
      {state === 'running' && (
        <>
          {percent !== null && <Progress value={percent} size="sm" aria-label="How far it has come" />}
          <span className={names.under}>
            {rowsWords(rows)}
            {percent !== null && `, ${percent} %`}
          </span>
        </>
      )}
      {state === 'done' && (
        <span className={names.under}>
          {rowsWords(rows)}, {sizeWords(one.bytes)}
        </span>
      )}
      {failure !== null && <span className={names.under}>{failure}</span>}
      {nextTryAt !== null && (
        <span className={names.under}>
          Tried again <Time at={nextTryAt} />
        </span>
      )}
    </div>
  )
}
