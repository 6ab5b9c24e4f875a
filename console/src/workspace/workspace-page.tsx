import { EmptyState } from '../ui/empty-state.tsx'

/** Where agents answer. */
export function WorkspacePage() {
  return <EmptyState title="Workspace" />
}
