import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import type { Channel } from '../domain/channel.ts'
import { masked } from '../domain/masked.ts'
import { may } from '../domain/policy.ts'
import { listOptOuts as list, type OptOut, type OptOutPlace } from '../store/opt-out-list.ts'

export interface OptOutSearch {
  /** Part of a number or consumer id; null: all. */
  readonly search: string | null
  readonly channel: Channel | '*' | null
  readonly state: 'binding' | 'lifted' | 'all'
}

/**
 * One page of the brand's opt-outs, the newest first. Those who never talk to consumers see the end of an address only,
 * and find it by the whole of it: by parts they could guess the rest.
 * @throws Problem `forbidden`
 */
export async function listOptOuts(
  deps: Deps,
  caller: Caller,
  accountId: string,
  { search, channel, state }: OptOutSearch,
  page: { readonly after: OptOutPlace | null; readonly limit: number },
): Promise<{ optOuts: readonly OptOut[]; next: OptOutPlace | null }> {
  demand(caller, 'opt-outs.read')
  const wanted = search?.trim() || null
  // Letters may be of a consumer id; a number is found however it is spaced.
  const plain = wanted === null || /[a-z]/i.test(wanted) ? wanted : wanted.replace(/[\s().-]/g, '')
  const whole = may(caller, 'consumers.read-addresses')
  const erasedAddress = plain === null ? null : deps.cipher.erasedAddress(accountId, plain)
  const query = { contains: whole ? plain : null, address: whole ? null : plain, erasedAddress, channel, state }
  const found = await list(deps.db, accountId, query, page)
  if (whole) return found
  // Evidence says who recorded it and how, and may repeat what the consumer said.
  const hidden = found.optOuts.map((one) => ({ ...one, address: masked(one.address), evidence: null }))
  return { ...found, optOuts: hidden }
}
