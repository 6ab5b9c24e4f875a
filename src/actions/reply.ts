import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead, refusalOf } from '../domain/conversation-acts.ts'
import { filePath } from '../domain/file-path.ts'
import { windowFacts } from '../domain/message-window.ts'
import { isStorable } from '../domain/outside-data.ts'
import { draftReply, type ReplyWords } from '../domain/reply-draft.ts'
import { Problem } from '../errors.ts'
import { lockConsumerOfConversation } from '../store/consumer-lock.ts'
import { findReply } from '../store/conversation-messages.ts'
import { lockConversation, noteReply, skillsHeld, type WorkedConversation } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'
import { lockUnsentFile, sendFile } from '../store/files.ts'
import { createOutgoing } from '../store/outgoing.ts'

export type ReplyInput = ReplyWords & {
  /** The page's own id for this reply: a double click and a retry after a lost answer carry the same one. */
  readonly clientId: string
}

/** A reply that has not left after a day answers nothing any more. */
const worthSendingForMs = 24 * 60 * 60 * 1000

/**
 * An agent writes to the consumer of a conversation they own: a text, a file with a caption, or an approved template,
 * which alone may go once the consumer's last message is too old. It goes out on the conversation's own sender; that it
 * may is decided under the consumer's lock, and again when it is handed over, so nothing follows an opt-out.
 * @returns the message's id; for a `clientId` that came before: that message's, and nothing more is sent.
 * @throws Problem `not-found`, `not-yours`, `conversation-closed`, `consumer-opted-out`, `window-closed`, `cannot-send` when
 *   the sender is switched off or takes no templates, `invalid-request` for words or a file that cannot go, `conflict` when
 *   the clientId was another text's.
 */
export async function reply(
  deps: Deps,
  caller: UserCaller,
  conversationId: string,
  input: ReplyInput,
): Promise<{ messageId: string; repeated: boolean }> {
  const act = input.kind === 'template' ? 'reply-with-template' : 'reply'
  demand(caller, `conversations.${act}`)
  if (!isStorable(input.clientId)) throw fault(['The text holds characters that no message can carry.'])
  const { accountId, userId } = caller
  const account = await deps.accounts.get(accountId)
  return atomic(deps.db, async (tx) => {
    const held = await skillsHeld(tx, accountId, userId)
    if (!(await lockConsumerOfConversation(tx, accountId, conversationId))) throw new Problem('not-found')
    const conversation = await lockConversation(tx, accountId, conversationId)
    if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')

    const before = await findReply(tx, accountId, conversationId, input.clientId)
    if (before !== null) {
      const same =
        input.kind === 'template'
          ? before.templateId === input.templateId
          : before.templateId === null && before.body === input.text
      if (before.authorId !== userId || !same) throw new Problem('conflict')
      return { messageId: before.messageId, repeated: true }
    }
    const sender = account?.senders.get(conversation.senderId)
    const limits = deps.connectors.get(sender?.connector ?? '')?.limits
    const now = deps.clock.now()
    const window = windowFacts(limits, conversation.lastInboundAt, now)
    const refusal = refusalOf(act, caller, held, { ...conversation, ...window })
    if (refusal !== null) throw new Problem(refusal)
    if (account == null || sender?.enabled !== true || limits === undefined)
      throw new Problem('cannot-send', { details: ['The number or app of this conversation is switched off.'] })
    const [fileId] = (input.kind !== 'template' && input.files) || []
    const file =
      fileId === undefined ? null : await lockUnsentFile(tx, accountId, { fileId, conversationId, authorId: userId })
    if (fileId !== undefined && file === null) throw fault(['The file is not known, or has been sent already.'])
    const uploaded = file && {
      url: deps.publicUrl + filePath(accountId, file.token),
      contentType: file.contentType,
      fileName: file.fileName,
    }
    const draft = draftReply(input, limits, account, sender, uploaded)
    if ('faults' in draft) throw fault(draft.faults)

    const ends = [now.getTime() + worthSendingForMs]
    if (act === 'reply' && window.windowEndsAt !== null) ends.push(window.windowEndsAt.getTime())
    const expiresAt = new Date(Math.min(...ends))
    const { messageId } = await createOutgoing(tx, accountId, {
      ...aboutOf(conversation),
      ...draft,
      ...{ kind: 'reply', callId: null, authorId: userId, clientId: input.clientId, expiresAt },
    })
    if (file !== null) await sendFile(tx, accountId, file.fileId, messageId)
    await noteReply(tx, accountId, conversation, { messageId, userId })
    return { messageId, repeated: false }
  })
}

function aboutOf({ conversationId, senderId, channel, address }: WorkedConversation) {
  return { conversationId, senderId, channel, address }
}

const fault = (details: readonly string[]) => new Problem('invalid-request', { details })
