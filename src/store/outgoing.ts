import { randomBytes } from 'node:crypto'
import { leaseSeconds } from '../domain/attempt.ts'
import type { Channel } from '../domain/channel.ts'
import type { MessageKind, StoredMedia } from '../domain/message.ts'
import type { TemplateVariables } from '../domain/template.ts'
import { enqueue } from '../jobs/queue.ts'
import type { DbOrTx } from './db.ts'
import { liveDevices } from './push-targets.ts'
import { sendAlong } from './send-along.ts'
import { touchConversation, touchMessage } from './touched.ts'
import { uuidV7 } from './uuid-v7.ts'

/** A message for a consumer, before it has left. */
export interface NewOutgoing {
  readonly conversationId: string | null
  readonly callId: string | null
  readonly senderId: string
  readonly channel: Channel
  /** The consumer's address on the channel: E.164, or the brand's consumer id in its app. */
  readonly address: string
  /** In-app: the apps whose devices are tried; absent: those of `senderId`, and of the conversation's invite. */
  readonly appIds?: readonly string[]
  readonly kind: Exclude<MessageKind, 'text'>
  readonly body: string
  readonly title?: string | null
  readonly templateId?: string | null
  readonly templateVariables?: TemplateVariables | null
  /** A file to go along; `body` is then its caption. */
  readonly media?: StoredMedia | null
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
 * In-app, each live device of the consumer gets an attempt of its own; `claimedBy` holds the first, jobs bring the others.
 * @returns the first attempt.
 * The tx fails with the database's unique violation when `clientId` was used in this conversation before, if in the same
 * month: the caller looks for it (`findReply`).
 */
export async function createOutgoing(tx: DbOrTx, accountId: string, out: NewOutgoing): Promise<CreatedOutgoing> {
  // One time for all, so that they lie in partitions of the same month.
  const at = new Date()
  const messageId = uuidV7(at)
  const attempts = (await targetsOf(tx, accountId, out)).map((target) => ({
    ...target,
    attemptId: uuidV7(at),
    token: randomBytes(24).toString('base64url'),
  }))
  const first = attempts[0]!
  const claimedBy = out.claimedBy ?? null
  const claimed = claimedBy !== null
  const variables = out.templateVariables ?? null
  const insert = () => tx`
    with message as (
      insert into messages (account_id, message_id, conversation_id, call_id, sender_id, channel, address, direction, kind,
        body, title, template_id, template_variables, media, author_id, client_id, status)
      values (${accountId}, ${messageId}, ${out.conversationId}, ${out.callId}, ${first.senderId}, ${out.channel},
        ${out.address}, 'out', ${out.kind}, ${out.body}, ${out.title ?? null}, ${out.templateId ?? null},
        ${variables === null ? null : tx.json(variables as never)},
        ${out.media == null ? null : tx.json([out.media] as never)}, ${out.authorId ?? null}, ${out.clientId ?? null},
        ${claimed ? 'sending' : 'accepted'}))
    insert into attempts (account_id, attempt_id, message_id, call_id, sender_id, address, device_id, state, token, fence,
      claimed_by, claimed_at, lease_until, tries, expires_at)
    select ${accountId}, ${first.attemptId}::uuid, ${messageId}::uuid, ${out.callId}::uuid, ${first.senderId}::uuid,
      ${out.address}, ${first.deviceId}::uuid, ${claimed ? 'claimed' : 'accepted'}, ${first.token}, ${claimed ? 1 : 0},
      ${claimedBy}::uuid, claimed_at, claimed_at + make_interval(secs => ${leaseSeconds}), ${claimed ? 1 : 0},
      ${out.expiresAt}::timestamptz
    from (select case when ${claimed} then clock_timestamp() end as claimed_at) as clock`
  await sendAlong(tx, insert)
  for (const { attemptId, senderId, deviceId, token } of attempts.slice(1)) {
    const insertOther = () => tx`
      insert into attempts (account_id, attempt_id, message_id, call_id, sender_id, address, device_id, state, token,
        expires_at)
      values (${accountId}, ${attemptId}, ${messageId}, ${out.callId}, ${senderId}, ${out.address}, ${deviceId}, 'accepted',
        ${token}, ${out.expiresAt})`
    await sendAlong(tx, insertOther)
  }
  for (const { attemptId } of claimed ? attempts.slice(1) : attempts)
    await enqueue(tx, 'deliver-message', { accountId, attemptId }, { key: `deliver/${attemptId}` })
  if (out.conversationId !== null) {
    touchConversation(tx, accountId, out.conversationId)
    touchMessage(tx, accountId, messageId, out.conversationId)
  }
  return { messageId, attemptId: first.attemptId, token: first.token, fence: claimed ? 1 : 0 }
}

/** Where the attempts go: the sender, or in-app the devices. Without a device the one attempt says that there is none. */
async function targetsOf(
  tx: DbOrTx,
  accountId: string,
  out: NewOutgoing,
): Promise<readonly { senderId: string; deviceId: string | null }[]> {
  const { senderId, channel, address, appIds = [senderId] } = out
  const devices =
    channel === 'inapp' ? await liveDevices(tx, accountId, address, appIds, out.kind, out.conversationId) : []
  return devices.length > 0 ? devices : [{ senderId, deviceId: null }]
}
