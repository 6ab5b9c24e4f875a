import { api } from '../../api.ts'
import type { Settings } from '../shapes.ts'
import { useChange } from '../use-config.ts'

/** Of the texts, too, what is given changes. */
type SettingsChange = Partial<Omit<Settings, 'saved' | 'texts'>> & { readonly texts?: Partial<Settings['texts']> }

/** Saves the parts of the settings that changed. The first time, the rest gets the defaults. */
export function useSaveSettings() {
  return useChange(
    (accountId, body: SettingsChange) =>
      api('PATCH /api/admin/accounts/{accountId}/settings', { params: { accountId }, body }),
    ['settings', 'handoffs'],
  )
}
