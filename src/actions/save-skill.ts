import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { checkName } from '../domain/check-name.ts'
import type { Skill } from '../domain/skill.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { insertSkill, updateSkill } from '../store/skills.ts'

/**
 * Adds a skill (`skillId` null; switched on for deflection unless told otherwise) or changes one.
 * @throws Problem `not-found`, `invalid-request`; NameTaken
 */
export async function saveSkill(
  deps: Deps,
  caller: Caller,
  accountId: string,
  skillId: string | null,
  change: Partial<Omit<Skill, 'skillId'>>,
): Promise<Skill> {
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const before = skillId === null ? null : config.skills.get(skillId)
    if (before === undefined) throw new Problem('not-found')
    const after = { name: '', enabled: true, engaged: true, ...before, ...change }
    const fault = checkName('The name', after.name)
    if (fault !== null) throw new Problem('invalid-request', { details: [fault] })

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
