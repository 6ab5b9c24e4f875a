import { Navigate } from '@tanstack/react-router'
import { firstPage } from '../pages.ts'
import { useSession } from '../session.ts'
import { EmptyState } from '../ui/empty-state.tsx'

/** `/`: leads to where the person works. */
export function FirstPage() {
  const path = firstPage(useSession())
  if (path !== null) return <Navigate to={path} replace />
  return <EmptyState title="Nothing here is open to you">Ask an administrator which role you should have.</EmptyState>
}
