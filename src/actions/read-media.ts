import { SendFailure } from '../channels/failures.ts'
import type { Exchange } from '../channels/http.ts'
import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead } from '../domain/conversation-acts.ts'
import { Problem } from '../errors.ts'
import { findMessage } from '../store/conversation-messages.ts'
import { viewConversation } from '../store/conversation-views.ts'
import { skillsHeld } from '../store/conversation-work.ts'
import { recordExchange } from '../store/provider-exchanges.ts'

/**
 * Fetches a file that a consumer sent from its provider, who keeps it; nothing of it is stored here.
 * @param where.place of the file among those of its message, from 0.
 * @throws Problem `not-found`, also when the conversation is not the caller's to read or the provider has it no more;
 * `unavailable` when the provider cannot give it just now.
 */
export async function readMedia(
  deps: Deps,
  caller: UserCaller,
  where: { readonly conversationId: string; readonly messageId: string; readonly place: number },
): Promise<{ readonly contentType: string; readonly fileName: string | null; readonly bytes: Buffer }> {
  demand(caller, 'workspace.read')
  const { db } = deps
  const { accountId, userId } = caller
  const { conversationId, messageId, place } = where
  const [held, conversation, message, account] = await Promise.all([
    skillsHeld(db, accountId, userId),
    viewConversation(db, accountId, conversationId),
    findMessage(db, accountId, conversationId, messageId),
    deps.accounts.get(accountId),
  ])
  if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
  const media = message?.direction === 'in' ? message.media[place] : undefined
  const sender = account?.senders.get(conversation.senderId)
  const connector = deps.connectors.get(sender?.connector ?? '')
  if (media === undefined || sender === undefined || connector?.fetchMedia === undefined) throw new Problem('not-found')

  const exchanges: Exchange[] = []
  const http = deps.outbound(sender, (exchange) => exchanges.push(exchange))
  try {
    const { contentType, base64 } = await connector.fetchMedia(media, sender, http)
    return { contentType, fileName: media.fileName ?? null, bytes: Buffer.from(base64, 'base64') }
  } catch (error) {
    if (!(error instanceof SendFailure)) throw error
    deps.log.warn(
      { err: error, accountId, connector: sender.connector, kind: error.kind },
      'a file could not be fetched',
    )
    const gone = ['content-rejected', 'invalid-recipient', 'expired'].includes(error.kind)
    throw new Problem(gone ? 'not-found' : 'unavailable')
  } finally {
    const context = { callId: null, messageId, senderId: sender.senderId, direction: 'out' } as const
    for (const exchange of exchanges) await recordExchange(db, accountId, context, exchange)
  }
}
