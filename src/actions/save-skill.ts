import type { Deps } from '../deps.ts'
import type { AutoTexts } from '../domain/auto-text.ts'
import type { Caller } from '../domain/caller.ts'
import { checkName } from '../domain/check-name.ts'
import { checkSkillWork, defaultSkillWork, type Skill } from '../domain/skill.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { insertSkill, updateSkill } from '../store/skills.ts'

/** Of the texts, too, what is given changes. */
export type SkillChange = Partial<Omit<Skill, 'skillId' | 'texts'>> & { readonly texts?: Partial<AutoTexts> }

/**
 * Adds a skill (`skillId` null; switched on for deflection unless told otherwise) or changes one.
 * @throws Problem `not-found`, `invalid-request`; NameTaken
 */
export async function saveSkill(
  deps: Deps,
  caller: Caller,
  accountId: string,
  skillId: string | null,
  change: SkillChange,
): Promise<Skill> {
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const before = skillId === null ? null : config.skills.get(skillId)
    if (before === undefined) throw new Problem('not-found')
    const current = before ?? { ...defaultSkillWork, name: '', enabled: true, engaged: true }
    const after = { ...current, ...change, texts: { ...current.texts, ...change.texts } }
    const faults = [checkName('The name', after.name), ...checkSkillWork(after)].filter((fault) => fault !== null)
    if (faults.length > 0) throw new Problem('invalid-request', { details: faults })

    let saved: Skill
    if (before === null) {
      saved = { ...after, enabled: true, skillId: await insertSkill(tx, accountId, after) }
    } else {
      saved = { ...after, skillId: before.skillId }
      await updateSkill(tx, accountId, before, saved)
    }
    await recordAudit(tx, accountId, caller, {
      action: before === null ? 'skill.create' : 'skill.change',
      subject: saved.skillId,
      before,
      after: saved,
    })
    return saved
  })
}
