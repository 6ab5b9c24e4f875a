import { createContext, useContext } from 'react'
import type { CallsOf } from './calls-of.ts'
import type { Address, View } from './view.ts'

/** What every part of the page needs: what is looked at, how to look at something else, and whether numbers stand still. */
export interface ReportPage {
  readonly view: View
  readonly address: Address
  /** Live numbers are held as they are. */
  readonly held: boolean
  go(change: Partial<Address>): void
  /** Opens the calls behind a number, beside the page. */
  openCalls(of: CallsOf): void
}

export const ReportContext = createContext<ReportPage | null>(null)

export function useReportPage(): ReportPage {
  const page = useContext(ReportContext)
  if (page === null) throw new Error('useReportPage was used outside of the report page')
  return page
}
