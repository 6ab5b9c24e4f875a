import type { Deps } from '../deps.ts'
import type { DeviceCaller } from '../domain/caller.ts'
import { connectorOfPlatform, type PushAddress } from '../domain/device.ts'
import { Problem } from '../errors.ts'
import { atomic } from '../store/db.ts'
import { refreshDevice } from '../store/devices.ts'

/**
 * The push service has given a registered device another token.
 * @throws Problem `invalid-request` when it is of another platform than the app's sender.
 */
export async function renewPushToken(deps: Deps, caller: DeviceCaller, push: PushAddress): Promise<void> {
  const account = await deps.accounts.get(caller.accountId)
  const connector = account?.senders.get(caller.senderId)?.connector
  if (connector !== connectorOfPlatform(push.platform))
    throw new Problem('invalid-request', { details: [`This device is not registered with ${push.platform}.`] })
  await atomic(deps.db, (tx) => refreshDevice(tx, deps.cipher, caller, push.token))
}
