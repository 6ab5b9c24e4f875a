import type { HeardStatus } from '../channels/connector.ts'
import type { Sender } from '../domain/sender.ts'
import { allOf } from './all-of.ts'
import { lockConsumer } from './consumer-lock.ts'
import type { DbOrTx } from './db.ts'
import { isTelling, learnFromRefusal } from './learn-from-refusal.ts'
import { settleBilled, takeBackBilled } from './message-costs.ts'
import { lockOutgoing, moveMessage } from './message-status.ts'
import { lockProviderId, type MatchedMessage, matchStatuses, recordReceipt } from './receipts.ts'

/** A refusal told again much later, when its receipt is gone, must not undo a START that came since (WI-09). */
const tellingForMs = 7 * 86_400_000

/** Where and when a status was heard. */
export interface StatusScene {
  readonly sender: Sender
  readonly receivedAt: Date
  readonly optOutScope: 'channel' | 'all'
}

/** Stores a status of a message of ours and moves the message; a refusal also teaches about the consumer. */
export async function takeStatus(
  tx: DbOrTx,
  { sender, receivedAt, optOutScope: scope }: StatusScene,
  heard: HeardStatus,
  message: MatchedMessage,
): Promise<{ isNew: boolean }> {
  const { accountId, senderId } = sender
  const { messageId } = message
  const at = heard.at ?? receivedAt
  const [{ isNew }, locked] = await allOf(
    recordReceipt(tx, accountId, senderId, heard, { receivedAt, matched: true }),
    lockOutgoing(tx, accountId, messageId),
  )
  await moveMessage(tx, accountId, messageId, locked, {
    status: heard.status,
    at,
    providerId: heard.providerId,
    failure: heard.failure,
  })
  if (heard.billed !== undefined) await settleBilled(tx, accountId, messageId, heard.billed)
  if (heard.status === 'failed' && sender.channel === 'wa') await takeBackBilled(tx, accountId, messageId)
  const recent = receivedAt.getTime() - message.createdAt.getTime() < tellingForMs
  const arrived = locked !== null && locked.delivered_at !== null
  if (isNew && recent && isTelling(heard.failure))
    await learnFromRefusal(tx, accountId, { ...message, senderId, scope }, heard.failure, { at, arrived })
  return { isNew }
}

/**
 * Stores a status of a message nobody knows yet, which waits for the send's answer (`takeReceipts`).
 * @returns `message` when it became known meanwhile, and was moved.
 */
export async function keepStatus(
  tx: DbOrTx,
  scene: StatusScene,
  heard: HeardStatus,
): Promise<{ isNew: boolean; message: MatchedMessage | null }> {
  const { accountId, senderId } = scene.sender
  await lockProviderId(tx, accountId, senderId, heard.providerId)
  const [match] = await matchStatuses(tx, accountId, senderId, [heard])
  if (typeof match === 'object' && match !== null) {
    if (isTelling(heard.failure)) await lockConsumer(tx, accountId, match.address)
    return { ...(await takeStatus(tx, scene, heard, match)), message: match }
  }
  const { receivedAt } = scene
  return { ...(await recordReceipt(tx, accountId, senderId, heard, { receivedAt, matched: false })), message: null }
}
