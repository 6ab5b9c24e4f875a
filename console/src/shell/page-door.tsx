import { type ReactNode, useEffect } from 'react'
import { mayOpen, type Page } from '../pages.ts'
import { useSession } from '../session.ts'
import { EmptyState } from '../ui/empty-state.tsx'

/** Lets in who may open the page. The server refuses the data anyway; this says so before anything is asked. */
export function PageDoor({ page, children }: { page: Page; children: ReactNode }) {
  const session = useSession()
  useEffect(() => {
    document.title = `${page.title} · ${session.accountTitle}`
  }, [page.title, session.accountTitle])
  if (mayOpen(session, page)) return children
  return (
    <EmptyState title={`${page.title} is not open to you`}>
      Your role does not include it. An administrator can change that under People.
    </EmptyState>
  )
}
