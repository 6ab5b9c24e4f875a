import { randomUUID } from 'node:crypto'
import type { Skill } from '../domain/skill.ts'
import type { DbOrTx } from './db.ts'
import { touchEverything } from './touched.ts'

/** Adds a skill; `engaged` switches it on for deflection. @returns its id. */
export async function insertSkill(
  tx: DbOrTx,
  accountId: string,
  skill: { name: string; engaged: boolean },
): Promise<string> {
  const skillId = randomUUID()
  await tx`insert into skills (account_id, skill_id, name) values (${accountId}, ${skillId}, ${skill.name})`
  if (skill.engaged) await engage(tx, accountId, skillId)
  touchEverything(tx, accountId)
  return skillId
}

/** Stores a skill as it now is. A new name is also written into the handoffs that name the skill. */
export async function updateSkill(tx: DbOrTx, accountId: string, before: Skill, after: Skill): Promise<void> {
  await tx`
    update skills set name = ${after.name}, enabled = ${after.enabled}
    where account_id = ${accountId} and skill_id = ${after.skillId}`
  if (before.name !== after.name) {
    await tx`
      update handoffs set skills = array_replace(skills, ${before.name}, ${after.name})
      where account_id = ${accountId} and ${before.name} = any(skills)`
  }
  touchEverything(tx, accountId)
  if (after.engaged && !before.engaged) await engage(tx, accountId, after.skillId)
  if (before.engaged && !after.engaged) {
    await tx`delete from engagements where account_id = ${accountId} and skill_id = ${after.skillId}`
  }
}

async function engage(tx: DbOrTx, accountId: string, skillId: string): Promise<void> {
  await tx`
    insert into engagements (account_id, skill_id) values (${accountId}, ${skillId}) on conflict do nothing`
}
