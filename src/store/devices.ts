import { randomUUID } from 'node:crypto'
import { secretContext } from './account-config.ts'
import type { Cipher } from './cipher.ts'
import type { DbOrTx } from './db.ts'

export interface NewDevice {
  /** The in-app sender: the app it runs. */
  readonly senderId: string
  /** The brand's own id of the consumer in its app. */
  readonly consumerId: string
  readonly platform: string
  /** The push service's token. */
  readonly token: string
}

/** Registers a consumer's device in an app, unless this consumer has one there that is live. */
export async function insertDevice(tx: DbOrTx, cipher: Cipher, accountId: string, device: NewDevice): Promise<void> {
  const deviceId = randomUUID()
  const sealed = cipher.encrypt(device.token, secretContext.device(accountId, deviceId))
  await tx`
    insert into devices (account_id, device_id, sender_id, consumer_id, platform, token)
    select ${accountId}, ${deviceId}::uuid, ${device.senderId}::uuid, ${device.consumerId}, ${device.platform}, ${sealed}
    where not exists (select from devices where account_id = ${accountId} and sender_id = ${device.senderId}
      and consumer_id = ${device.consumerId} and disabled_at is null)`
}
