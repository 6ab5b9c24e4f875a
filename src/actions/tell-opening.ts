import type { Deps } from '../deps.ts'
import { openingState } from '../domain/opening-hours.ts'
import { atomic } from '../store/db.ts'
import { skillsWithHours } from '../store/skills.ts'
import { touchSkill } from '../store/touched.ts'

/**
 * Tells agents' pages that a skill has opened or closed within the last seconds: nothing else changes when it does.
 * @param withinSeconds more than the time between two runs; told twice it does no harm.
 */
export async function tellOpening(deps: Deps, withinSeconds: number): Promise<void> {
  const now = deps.clock.now()
  const changed = (await skillsWithHours(deps.db)).filter(({ hours }) => {
    const { since } = openingState(hours, now)
    return since !== null && now.getTime() - since.getTime() <= withinSeconds * 1_000
  })
  for (const { accountId, skillId } of changed) await atomic(deps.db, async (tx) => touchSkill(tx, accountId, skillId))
}
