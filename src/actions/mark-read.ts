import { SendFailure } from '../channels/failures.ts'
import type { Exchange } from '../channels/http.ts'
import type { Deps } from '../deps.ts'
import type { SystemCaller } from '../domain/caller.ts'
import { senderWorks } from '../domain/sender.ts'
import { recordExchange } from '../store/provider-exchanges.ts'
import { findInbound } from '../store/seen-marks.ts'

/**
 * Shows the consumer that their message was read and, with `typing`, that an answer is being written. Best effort: what the
 * provider did not take is logged and kept, and not tried again, because a mark that comes late misleads.
 */
export async function markRead(
  deps: Deps,
  caller: SystemCaller,
  input: { readonly messageId: string; readonly shows: 'read' | 'typing' },
): Promise<void> {
  const { accountId } = caller
  const { messageId, shows } = input
  const [account, message] = await Promise.all([
    deps.accounts.get(accountId),
    findInbound(deps.db, accountId, messageId),
  ])
  const sender = account?.senders.get(message?.senderId ?? '')
  const connector = deps.connectors.get(sender?.connector ?? '')
  if (message === null || sender === undefined || !senderWorks(sender) || connector?.markRead === undefined) return
  const exchanges: Exchange[] = []
  const http = deps.outbound(sender, (exchange) => exchanges.push(exchange))
  try {
    await connector.markRead(message.providerId, { typing: shows === 'typing' }, sender, http)
  } catch (error) {
    const kind = error instanceof SendFailure ? error.kind : 'unknown-outcome'
    deps.log.warn({ err: error, accountId, connector: sender.connector, kind }, 'a read mark was not taken')
    const context = { callId: null, messageId, senderId: sender.senderId, direction: 'out' } as const
    for (const exchange of exchanges) await recordExchange(deps.db, accountId, context, exchange)
  }
}
