import { randomUUID } from 'node:crypto'
import type { OpeningHours } from '../domain/opening-hours.ts'
import { defaultSkillWork, type Skill, type SkillWork } from '../domain/skill.ts'
import type { DbOrTx } from './db.ts'
import { touchEverything } from './touched.ts'

/** Adds a skill; `engaged` switches it on for deflection. @returns its id. */
export async function insertSkill(
  tx: DbOrTx,
  accountId: string,
  skill: { name: string; engaged: boolean } & Partial<SkillWork>,
): Promise<string> {
  const skillId = randomUUID()
  await tx`insert into skills ${tx({ account_id: accountId, skill_id: skillId, name: skill.name, ...workRow(tx, { ...defaultSkillWork, ...skill }) })}`
  if (skill.engaged) await engage(tx, accountId, skillId)
  touchEverything(tx, accountId)
  return skillId
}

/** Stores a skill as it now is. A new name is also written into the handoffs that name the skill, a new priority to those who wait. */
export async function updateSkill(tx: DbOrTx, accountId: string, before: Skill, after: Skill): Promise<void> {
  await tx`
    update skills set ${tx({ name: after.name, enabled: after.enabled, ...workRow(tx, after) })}
    where account_id = ${accountId} and skill_id = ${after.skillId}`
  if (before.name !== after.name) {
    await tx`
      update handoffs set skills = array_replace(skills, ${before.name}, ${after.name})
      where account_id = ${accountId} and ${before.name} = any(skills)`
  }
  if (before.priority !== after.priority) {
    await tx`
      update conversations set priority = ${after.priority}, version = version + 1
      where account_id = ${accountId} and skill_id = ${after.skillId} and state = 'queued'`
  }
  touchEverything(tx, accountId)
  if (after.engaged && !before.engaged) await engage(tx, accountId, after.skillId)
  if (before.engaged && !after.engaged) {
    await tx`delete from engagements where account_id = ${accountId} and skill_id = ${after.skillId}`
  }
}

/** Every enabled skill that is not always open, over all brands. */
export async function skillsWithHours(
  db: DbOrTx,
): Promise<readonly { accountId: string; skillId: string; hours: OpeningHours }[]> {
  const rows = await db<{ account_id: string; skill_id: string; hours: OpeningHours }[]>`
    select account_id, skill_id, hours from skills where enabled and hours is not null`
  return rows.map((row) => ({ accountId: row.account_id, skillId: row.skill_id, hours: row.hours }))
}

const workRow = (tx: DbOrTx, work: SkillWork) => ({
  routing: work.routing,
  offer_seconds: work.offerSeconds,
  priority: work.priority,
  hours: work.hours === null ? null : tx.json(work.hours as never),
  texts: tx.json({ ...work.texts }),
  survey_on: work.surveyOn,
  close_after_minutes: work.closeAfterMinutes,
})

async function engage(tx: DbOrTx, accountId: string, skillId: string): Promise<void> {
  await tx`
    insert into engagements (account_id, skill_id) values (${accountId}, ${skillId}) on conflict do nothing`
}
