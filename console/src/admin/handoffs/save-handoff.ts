import { api } from '../../api.ts'
import { toast } from '../../ui/toast.tsx'
import type { HandoffDraft } from '../shapes.ts'
import { useChange } from '../use-config.ts'

/** Saves a handoff, or adds one (`handoffId` null). Warnings do not stop it: the page shows them afterwards. */
export function useSaveHandoff() {
  return useChange(
    (accountId, { handoffId, change }: { handoffId: string | null; change: Partial<HandoffDraft> }) =>
      handoffId === null
        ? api('POST /api/admin/accounts/{accountId}/handoffs', { params: { accountId }, body: change as HandoffDraft })
        : api('PATCH /api/admin/accounts/{accountId}/handoffs/{handoffId}', {
            params: { accountId, handoffId },
            body: change,
          }),
    ['handoffs'],
  )
}

/** Says that it was saved, with what could be better. */
export function tellSaved(title: string, warnings: readonly string[] = []): void {
  toast({ text: `“${title}” is saved and counts from the next call on.` })
  for (const warning of warnings.slice(0, 2)) toast({ text: warning, kind: 'error' })
}
