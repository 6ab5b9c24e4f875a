import { randomBytes, randomUUID } from 'node:crypto'
import { leaseSeconds } from '../domain/attempt.ts'
import type { Channel } from '../domain/channel.ts'
import type { MessageKind } from '../domain/message.ts'
import type { TemplateVariables } from '../domain/template.ts'
import { enqueue } from '../jobs/queue.ts'
import type { DbOrTx } from './db.ts'

/** A message for a consumer, before it has left. */
export interface NewOutgoing {
  readonly conversationId: string | null
  readonly callId: string | null
  readonly senderId: string
  readonly channel: Channel
  /** The consumer's address on the channel: E.164, or the brand's consumer id in its app. */
  readonly address: string
  readonly kind: Exclude<MessageKind, 'text'>
  readonly body: string
  readonly title?: string | null
  readonly templateId?: string | null
  readonly templateVariables?: TemplateVariables | null
  readonly authorId?: string | null
  /** The agent's page's own id: the same one in the same conversation is stored once. */
  readonly clientId?: string | null
  /** After this the message is given up unsent; null: it stays worth sending. */
  readonly expiresAt: Date | null
  /** Process that sends it itself, at once: the attempt is born claimed. Absent: a job is added in this tx. */
  readonly claimedBy?: string | null
}

export interface CreatedOutgoing {
  readonly messageId: string
  readonly attemptId: string
  readonly token: string
  readonly fence: number
}

/**
 * Stores a message to a consumer and its attempt in the caller's tx, under `lockConsumer`. The attempt's token is
 * committed before any call, so that a status callback finds the attempt however the sender of it ended.
 * @throws the database's unique violation when `clientId` was used in this conversation before.
 */
export async function createOutgoing(tx: DbOrTx, accountId: string, out: NewOutgoing): Promise<CreatedOutgoing> {
  const messageId = randomUUID()
  const attemptId = randomUUID()
  const token = randomBytes(24).toString('base64url')
  const claimedBy = out.claimedBy ?? null
  const claimed = claimedBy !== null
  const variables = out.templateVariables ?? null
  await tx`
    with message as (
      insert into messages (account_id, message_id, conversation_id, call_id, sender_id, channel, address, direction, kind,
        body, title, template_id, template_variables, author_id, client_id, status)
      values (${accountId}, ${messageId}, ${out.conversationId}, ${out.callId}, ${out.senderId}, ${out.channel},
        ${out.address}, 'out', ${out.kind}, ${out.body}, ${out.title ?? null}, ${out.templateId ?? null},
        ${variables === null ? null : tx.json(variables as never)}, ${out.authorId ?? null}, ${out.clientId ?? null},
        ${claimed ? 'sending' : 'accepted'}))
    insert into attempts (account_id, attempt_id, message_id, call_id, sender_id, address, state, token, fence,
      claimed_by, claimed_at, lease_until, tries, expires_at)
    values (${accountId}, ${attemptId}, ${messageId}, ${out.callId}, ${out.senderId}, ${out.address},
      ${claimed ? 'claimed' : 'accepted'}, ${token}, ${claimed ? 1 : 0}, ${claimedBy},
      case when ${claimed} then clock_timestamp() end,
      case when ${claimed} then clock_timestamp() + make_interval(secs => ${leaseSeconds}) end,
      ${claimed ? 1 : 0}, ${out.expiresAt})`
  if (!claimed) await enqueue(tx, 'deliver-message', { accountId, attemptId }, { key: `deliver/${attemptId}` })
  return { messageId, attemptId, token, fence: claimed ? 1 : 0 }
}
