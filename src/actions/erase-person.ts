import { erasePerson as erase } from '../data-rights/erase-person.ts'
import type { Deps } from '../deps.ts'
import type { SystemCaller } from '../domain/caller.ts'

/** Does an erasure that was asked for, to its end. Safe to repeat and to race. */
export async function erasePerson(deps: Deps, caller: SystemCaller, input: { erasureId: string }): Promise<void> {
  const { accountId } = caller
  const { erasureId } = input
  if (await erase(deps, accountId, erasureId)) deps.log.info({ accountId, erasureId }, 'a person was erased')
}
