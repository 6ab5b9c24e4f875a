import type { Deps } from '../deps.ts'
import { connectorOfPlatform, type PushAddress, type Vouched } from '../domain/device.ts'
import { Problem } from '../errors.ts'
import { atomic } from '../store/db.ts'
import { registerDevice as storeDevice } from '../store/devices.ts'

/**
 * A device of a consumer for whom the brand has vouched can be pushed to from now on.
 * @throws Problem `unauthenticated` when account or app are gone since, `invalid-request` when the app has no sender for
 *   this platform.
 */
export async function registerDevice(
  deps: Deps,
  vouched: Vouched,
  push: PushAddress,
): Promise<{ deviceId: string; deviceToken: string }> {
  const { accountId, consumerId, senderIds } = vouched
  const account = await deps.accounts.get(accountId)
  if (!account?.enabled) throw new Problem('unauthenticated')
  const senders = senderIds.flatMap((id) => account.senders.get(id) ?? []).filter(({ enabled }) => enabled)
  if (senders.length === 0) throw new Problem('unauthenticated')
  const sender = senders.find(({ connector }) => connector === connectorOfPlatform(push.platform))
  if (sender === undefined)
    throw new Problem('invalid-request', { details: [`The app is not set up for ${push.platform}.`] })
  const device = { ...push, senderId: sender.senderId, consumerId }
  return atomic(deps.db, (tx) => storeDevice(tx, deps.cipher, accountId, device))
}
