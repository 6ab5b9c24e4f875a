import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import type { Stop } from '../domain/stop.ts'
import { Problem } from '../errors.ts'
import { actorOf, recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { listStops, putStop, type SetStop } from '../store/stops.ts'

/**
 * Stops deflection for a skill, a channel or both, or lets it go on. Eligibility and invites obey at once; conversations
 * that are open go on.
 * @returns every stop that now stands.
 * @throws Problem `forbidden`, `invalid-request` for a skill that is none here
 */
export async function setStop(
  deps: Deps,
  caller: UserCaller,
  wanted: Stop & { readonly stopped: boolean },
): Promise<readonly SetStop[]> {
  demand(caller, 'stops.change')
  const { accountId } = caller
  const { skillId, channel, stopped } = wanted
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    if (skillId !== null && !config.skills.has(skillId))
      throw new Problem('invalid-request', { details: ['There is no such skill.'] })
    if (await putStop(tx, accountId, { skillId, channel, stopped, actor: actorOf(caller) })) {
      const state = { skill: skillId === null ? null : config.skills.get(skillId)!.name, channel }
      await recordAudit(tx, accountId, caller, {
        ...{ action: stopped ? 'stop.set' : 'stop.lift', subject: skillId ?? channel ?? 'everything' },
        before: stopped ? null : state,
        after: stopped ? state : null,
      })
    }
    return listStops(tx, accountId)
  })
}
