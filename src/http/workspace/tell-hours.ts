import type { Deps } from '../../deps.ts'
import { viewSkills } from '../../store/live-views.ts'
import { type Listener, write } from './listener.ts'
import { presentSkill, type WorkspaceEvent } from './live-answers.ts'

/**
 * Tells whether skills with business hours are open. The clock opens and closes them, and writes no event: so they are
 * told to whoever begins to listen, and to all when one has opened or closed.
 * @param told skills as they were told last, by id; filled here. Null: tell in any case, and keep nothing.
 */
export async function tellHours(
  deps: Deps,
  accountId: string,
  listeners: Iterable<Listener>,
  told: Map<string, boolean> | null,
): Promise<void> {
  const now = deps.clock.now()
  const skills = (await viewSkills(deps.db, accountId, null)).filter(({ hours }) => hours !== null)
  for (const skill of skills.map((one) => presentSkill(one, now))) {
    const before = told?.get(skill.skillId)
    told?.set(skill.skillId, skill.open)
    // Not known from before: whoever listens was told when they began.
    if (told !== null && (before === undefined || before === skill.open)) continue
    const event: WorkspaceEvent = { kind: 'skill', skill }
    for (const listener of listeners) write(listener, `data: ${JSON.stringify(event)}\n\n`)
  }
}
