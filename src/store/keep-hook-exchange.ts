import type { Heard } from '../channels/connector.ts'
import type { Exchange } from '../channels/http.ts'
import type { DbOrTx } from './db.ts'
import { recordExchange } from './provider-exchanges.ts'

/** What became of one thing heard, as far as the kept exchange tells it. */
interface Taken {
  readonly kinds: readonly string[]
  readonly messageId?: string
  readonly callId?: string | null
}

/** Keeps a provider's call to us, which must be redacted already, with the message that it was about when it was about one. */
export async function keepHookExchange(
  tx: DbOrTx,
  about: { readonly accountId: string; readonly senderId: string },
  heard: readonly Heard[],
  taken: readonly Taken[],
  exchange: Exchange | null,
): Promise<void> {
  if (exchange === null) return
  const only = taken.length === 1 ? taken[0] : undefined
  const context = {
    callId: only?.callId ?? null,
    messageId: only?.messageId ?? null,
    senderId: about.senderId,
    direction: 'in',
  } as const
  await recordExchange(tx, about.accountId, context, { ...exchange, failure: complaint(heard, taken) })
}

/** What of it came to nothing, without a word of the content. */
function complaint(heard: readonly Heard[], taken: readonly Taken[]): string | null {
  const why = new Set(heard.flatMap((one) => (one.kind === 'ignored' ? [one.why] : [])))
  const malformed = taken.filter(({ kinds }) => kinds.includes('malformed')).length
  const parts = [
    ...[...why].slice(0, 5),
    ...(malformed > 0 ? [`${malformed} of ${heard.length} could not be kept`] : []),
  ]
  return parts.length === 0 ? null : `ignored: ${parts.join('; ')}`
}
