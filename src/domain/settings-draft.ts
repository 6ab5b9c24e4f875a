import type { AccountConfig, AccountSettings } from './account.ts'

/** Settings as an administrator writes and reads them: the default skill goes by its name. */
export type SettingsDraft = Omit<AccountSettings, 'defaultSkillId'> & { readonly defaultSkill: string | null }

/** The settings with the parts of `change` that are given; an unknown default skill gets an id that no skill has. */
export function changedSettings(
  current: AccountSettings,
  change: Partial<SettingsDraft>,
  config: Pick<AccountConfig, 'skillsByName'>,
): AccountSettings {
  const { defaultSkill, ...rest } = change
  return {
    ...current,
    ...rest,
    ...(defaultSkill === undefined
      ? {}
      : { defaultSkillId: defaultSkill && (config.skillsByName.get(defaultSkill)?.skillId ?? defaultSkill) }),
  }
}

export function settingsDraftOf(settings: AccountSettings, config: Pick<AccountConfig, 'skills'>): SettingsDraft {
  const { defaultSkillId, ...rest } = settings
  return { ...rest, defaultSkill: defaultSkillId && (config.skills.get(defaultSkillId)?.name ?? null) }
}
