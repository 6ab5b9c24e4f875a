import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead, refusalOf } from '../domain/conversation-acts.ts'
import { isStorable } from '../domain/outside-data.ts'
import { Problem } from '../errors.ts'
import { lockConsumer } from '../store/consumer-lock.ts'
import { findReply } from '../store/conversation-messages.ts'
import { addressOfConversation, lockConversation, noteReply, skillsHeld } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'
import { createOutgoing } from '../store/outgoing.ts'

export interface ReplyInput {
  readonly text: string
  /** The page's own id for this reply: a double click and a retry after a lost answer carry the same one. */
  readonly clientId: string
}

/** A reply that has not left after a day answers nothing any more. */
const worthSendingForMs = 24 * 60 * 60 * 1000

/**
 * An agent writes to the consumer of a conversation they own. The message goes out on the conversation's own sender;
 * that it may is decided under the consumer's lock, and again when it is handed over, so nothing follows an opt-out.
 * @returns the message's id; for a `clientId` that came before: that message's, and nothing more is sent.
 * @throws Problem `not-found`, `not-yours`, `conversation-closed`, `consumer-opted-out`, `cannot-send` when the sender is
 *   switched off, `invalid-request` for an empty or too long text, `conflict` when the clientId was another text's.
 */
export async function reply(
  deps: Deps,
  caller: UserCaller,
  conversationId: string,
  input: ReplyInput,
): Promise<{ messageId: string; repeated: boolean }> {
  demand(caller, 'conversations.reply')
  if (input.text.trim() === '') throw fault('The text is empty.')
  if (!isStorable(input.text) || !isStorable(input.clientId))
    throw fault('The text holds characters that no message can carry.')
  const { accountId, userId } = caller
  const account = await deps.accounts.get(accountId)
  return atomic(deps.db, async (tx) => {
    const held = await skillsHeld(tx, accountId, userId)
    const address = await addressOfConversation(tx, accountId, conversationId)
    if (address === null) throw new Problem('not-found')
    await lockConsumer(tx, accountId, address)
    const conversation = await lockConversation(tx, accountId, conversationId)
    if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')

    const before = await findReply(tx, accountId, conversationId, input.clientId)
    if (before !== null) {
      if (before.authorId !== userId || before.body !== input.text) throw new Problem('conflict')
      return { messageId: before.messageId, repeated: true }
    }
    const refusal = refusalOf('reply', caller, held, conversation)
    if (refusal !== null) throw new Problem(refusal)
    const sender = account?.senders.get(conversation.senderId)
    const longest = deps.connectors.get(sender?.connector ?? '')?.limits.text
    if (sender?.enabled !== true || longest === undefined) {
      throw new Problem('cannot-send', { details: ['The number or app of this conversation is switched off.'] })
    }
    if (input.text.length > longest) throw fault(`The text has ${input.text.length} characters; ${longest} fit.`)

    const { messageId } = await createOutgoing(tx, accountId, {
      conversationId,
      callId: null,
      senderId: conversation.senderId,
      channel: conversation.channel,
      address: conversation.address,
      kind: 'reply',
      body: input.text,
      authorId: userId,
      clientId: input.clientId,
      expiresAt: new Date(deps.clock.now().getTime() + worthSendingForMs),
    })
    await noteReply(tx, accountId, conversation, { messageId, userId })
    return { messageId, repeated: false }
  })
}

const fault = (detail: string) => new Problem('invalid-request', { details: [detail] })
