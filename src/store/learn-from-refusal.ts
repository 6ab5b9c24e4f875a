import type { HeardFailure } from '../channels/connector.ts'
import type { Channel } from '../domain/channel.ts'
import type { DbOrTx } from './db.ts'
import { recordOptOut } from './opt-outs.ts'
import { learn } from './reachability.ts'

/** Kinds of failure that tell something about the consumer, not only about this message. */
const tellingKinds: ReadonlySet<string> = new Set(['opted-out', 'not-reachable-here', 'invalid-recipient'])

/** Whether `learnFromRefusal` would learn anything, so that only then the consumer needs to be locked. */
export function isTelling(failure: HeardFailure | null): failure is HeardFailure {
  return failure !== null && tellingKinds.has(failure.kind)
}

/**
 * Keeps what a provider's refusal tells about a consumer: an opt-out that it knows of, or an address that it cannot reach.
 * @param refused.at when the provider refused; default: now.
 * @param refused.arrived the message was delivered all the same (to another of their devices): they can be reached.
 */
export async function learnFromRefusal(
  tx: DbOrTx,
  accountId: string,
  about: {
    readonly address: string
    readonly channel: Channel
    readonly senderId: string
    readonly scope: 'channel' | 'all'
  },
  failure: HeardFailure,
  refused: { readonly at?: Date; readonly arrived?: boolean } = {},
): Promise<void> {
  const { address, channel } = about
  if (failure.kind === 'opted-out') {
    const evidence = failure.providerCode
    await recordOptOut(tx, accountId, { ...about, source: 'provider-refusal', evidence })
  } else if (isTelling(failure) && refused.arrived !== true) {
    const fact = { channel, reachable: false, reason: failure.kind, source: 'refusal' } as const
    await learn(tx, accountId, address, { ...fact, ...(refused.at && { at: refused.at }) })
  }
}
