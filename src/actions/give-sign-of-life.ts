import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { seePresences } from '../store/presences.ts'

/**
 * Notes that a person's page is there. It has to say so itself: a line to a laptop that sleeps or has lost its network
 * takes what is written to it for a quarter of an hour, and a proxy before us may take it for longer.
 * @throws Problem `forbidden`
 */
export async function giveSignOfLife(deps: Deps, caller: UserCaller): Promise<void> {
  demand(caller, 'workspace.read')
  await seePresences(deps.db, [caller])
}
