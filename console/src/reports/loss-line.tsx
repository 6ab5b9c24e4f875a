import { UnstyledButton } from '@mantine/core'
import { IconCornerDownRight } from '@tabler/icons-react'
import { useState } from 'react'
import { CallsButton } from './calls-button.tsx'
import { countText, stepWords } from './figures.ts'
import names from './reports.module.css'
import type { Loss } from './shapes.ts'

const most = 3

/** Between two steps of the funnel: how many calls were lost there, and why, the commonest reason first. */
export function LossLine({ loss: { step, lost, reasons } }: { loss: Loss }) {
  const [all, setAll] = useState(false)
  const ordered = [...reasons].sort((a, b) => b.calls - a.calls)
  const shown = all ? ordered : ordered.slice(0, most)
  const rest = ordered.length - most
  const label = stepWords[step][0].toLowerCase()
  return (
    <div className={names.loss}>
      <IconCornerDownRight size={16} stroke={1.6} aria-hidden />
      <div>
        <CallsButton count={lost} of={{ lostAt: step }} label={`the calls lost before “${label}”`}>
          {countText(lost)} lost
        </CallsButton>
        <ul>
          {shown.map(({ code, sentence, calls }) => (
            <li key={code}>
              {sentence.replace(/\.$/, '')}{' '}
              <CallsButton count={calls} of={{ lostAt: step, reason: code }} label={`the calls: ${sentence}`}>
                {countText(calls)}
              </CallsButton>
            </li>
          ))}
        </ul>
        {rest > 0 && (
          <UnstyledButton className={names.moreReasons!} aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? 'Fewer reasons' : `${rest} more ${rest === 1 ? 'reason' : 'reasons'}`}
          </UnstyledButton>
        )}
      </div>
    </div>
  )
}
