import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller } from '../domain/caller.ts'
import type { Channel } from '../domain/channel.ts'
import type { Handoff } from '../domain/handoff.ts'
import type { Sender } from '../domain/sender.ts'
import type { ManagedTemplate } from '../domain/template.ts'
import { Problem } from '../errors.ts'
import { type HandoffTimes, handoffTimes } from '../store/handoff-times.ts'

export interface ListedHandoffs {
  readonly handoffs: readonly { readonly handoff: Handoff; readonly times: HandoffTimes }[]
  readonly total: number
  readonly senders: ReadonlyMap<string, Sender>
  readonly templates: ReadonlyMap<string, ManagedTemplate>
}

/**
 * The brand's handoffs, the oldest first, with what their channels name.
 * @param wanted.channel only those that have it; null: all; `none`: a channel that this server does not know.
 * @throws Problem `forbidden`, `not-found`
 */
export async function listHandoffs(
  deps: Deps,
  caller: CredentialCaller,
  wanted: { readonly channel: Channel | 'none' | null; readonly offset: number; readonly limit: number },
): Promise<ListedHandoffs> {
  demand(caller, 'handoffs.read')
  const config = await deps.accounts.get(caller.accountId)
  if (config === null) throw new Problem('not-found')
  const { channel, offset, limit } = wanted
  const all = (await handoffTimes(deps.db, caller.accountId)).flatMap((times) => {
    const handoff = config.handoffs.get(times.handoffId)
    const fits = channel === null || handoff?.channels.some((one) => one.channel === channel)
    return handoff === undefined || !fits ? [] : [{ handoff, times }]
  })
  return {
    handoffs: all.slice(offset, offset + limit),
    total: all.length,
    senders: config.senders,
    templates: config.templates,
  }
}
