import { UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useMay } from '../session.ts'
import type { CallsOf } from './calls-of.ts'
import { useReportPage } from './report-context.ts'
import names from './reports.module.css'

/** A number that opens the calls behind it; no button where there are none, or for whoever may not read calls. */
export function CallsButton({
  count,
  of,
  label,
  children,
}: {
  count: number
  of: CallsOf | null
  /** What a screen reader says besides the number, since it does not see the row and the column. */
  label: string
  children: ReactNode
}) {
  const { openCalls } = useReportPage()
  const mayRead = useMay()('transactions.read')
  if (of === null || count === 0 || !mayRead) return <span className={names.number}>{children}</span>
  return (
    <UnstyledButton className={`${names.number} ${names.opens}`} onClick={() => openCalls(of)}>
      {children}
      <span className="visually-hidden"> show {label}</span>
    </UnstyledButton>
  )
}
