import { api } from '../../api.ts'
import type { Settings } from '../shapes.ts'
import { useChange } from '../use-config.ts'

/** Saves the parts of the settings that changed. The first time, the rest gets the defaults. */
export function useSaveSettings() {
  return useChange(
    (accountId, body: Partial<Omit<Settings, 'saved'>>) =>
      api('PATCH /api/admin/accounts/{accountId}/settings', { params: { accountId }, body }),
    ['settings', 'handoffs'],
  )
}
