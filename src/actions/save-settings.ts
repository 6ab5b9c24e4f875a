import type { Deps } from '../deps.ts'
import { defaultSettings } from '../domain/account.ts'
import type { Caller } from '../domain/caller.ts'
import { checkSettings } from '../domain/check-settings.ts'
import { may } from '../domain/policy.ts'
import { changedSettings, type SettingsChange, type SettingsDraft, settingsDraftOf } from '../domain/settings-draft.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { putSettings } from '../store/settings.ts'

/**
 * Saves the parts of the settings that are given; the first time, the rest gets the defaults.
 * @throws Problem `invalid-request` with a sentence for each fault; `forbidden` for a campaign manager who would change
 * what is already there (reference: roles).
 */
export async function saveSettings(
  deps: Deps,
  caller: Caller,
  accountId: string,
  change: SettingsChange,
): Promise<SettingsDraft> {
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const { settings: before } = config
    if (!may(caller, before === null ? 'settings.create' : 'settings.change')) throw new Problem('forbidden')
    const settings = changedSettings(before ?? defaultSettings, change, config)
    const faults = checkSettings(settings, config)
    if (faults.length > 0) throw new Problem('invalid-request', { details: faults })
    await putSettings(tx, accountId, settings)
    const after = settingsDraftOf(settings, config)
    await recordAudit(tx, accountId, caller, {
      action: before === null ? 'settings.create' : 'settings.change',
      subject: accountId,
      before: before && settingsDraftOf(before, config),
      after,
    })
    return after
  })
}
