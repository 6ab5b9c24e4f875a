import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { handlingRoles } from '../domain/handling-roles.ts'
import { listTrouble } from '../store/circuits.ts'
import { countDeflection } from '../store/deflection-counts.ts'
import { viewAgents, viewSkills } from '../store/live-views.ts'
import { listStops } from '../store/stops.ts'

const hourMs = 3_600_000

/** What a supervisor watches: queues, agents and their load, the last hour's calls, providers, and stops. @throws Problem `forbidden` */
export async function readLive(deps: Deps, caller: UserCaller) {
  demand(caller, 'live.read')
  const { accountId } = caller
  const { db } = deps
  const now = deps.clock.now()
  const [skills, agents, lastHour, trouble, stops, config] = await Promise.all([
    viewSkills(db, accountId, null),
    viewAgents(db, accountId, handlingRoles, null),
    countDeflection(db, accountId, new Date(now.getTime() - hourMs)),
    listTrouble(db, accountId),
    listStops(db, accountId),
    deps.accounts.get(accountId),
  ])
  const providers = [...(config?.senders.values() ?? [])].map(({ senderId, title, channel, enabled, broken }) => ({
    ...{ senderId, title, channel, enabled, broken },
    trouble: trouble.get(senderId) ?? null,
  }))
  return { at: now, skills, agents, lastHour, providers, stops }
}
