import type { AccountConfig, AccountSettings } from './account.ts'
import type { AutoTexts } from './auto-text.ts'

/** Settings as an administrator writes and reads them: the default skill goes by its name. */
export type SettingsDraft = Omit<AccountSettings, 'defaultSkillId'> & { readonly defaultSkill: string | null }
/** Of the texts, too, what is given changes. */
export type SettingsChange = Partial<Omit<SettingsDraft, 'texts'>> & { readonly texts?: Partial<AutoTexts> }

/** The settings with the parts of `change` that are given; an unknown default skill gets an id that no skill has. */
export function changedSettings(
  current: AccountSettings,
  change: SettingsChange,
  config: Pick<AccountConfig, 'skillsByName'>,
): AccountSettings {
  const { defaultSkill, texts, ...rest } = change
  return {
    ...current,
    ...rest,
    texts: { ...current.texts, ...texts },
    ...(defaultSkill === undefined
      ? {}
      : { defaultSkillId: defaultSkill && (config.skillsByName.get(defaultSkill)?.skillId ?? defaultSkill) }),
  }
}

export function settingsDraftOf(settings: AccountSettings, config: Pick<AccountConfig, 'skills'>): SettingsDraft {
  const { defaultSkillId, ...rest } = settings
  return { ...rest, defaultSkill: defaultSkillId && (config.skills.get(defaultSkillId)?.name ?? null) }
}
