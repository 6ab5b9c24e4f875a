import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { DeviceCaller } from '../domain/caller.ts'
import { type DevicePlatform, type DevicePushes, mostDevices } from '../domain/device.ts'
import { secretContext } from './account-config.ts'
import type { Cipher } from './cipher.ts'
import type { DbOrTx } from './db.ts'

export interface NewDevice {
  /** The in-app sender: the app it runs. */
  readonly senderId: string
  /** The brand's own id of the consumer in its app. */
  readonly consumerId: string
  readonly platform: DevicePlatform
  /** The push service's token, or the Web Push subscription as JSON. */
  readonly token: string
}

const tokenPattern = /^([0-9]{1,20})\.([\w-]{43})$/
const hashOf = (text: string) => createHash('sha256').update(text).digest()

/** Registers a consumer's device in an app without a device token, unless this consumer has one there that is live. */
export async function insertDevice(tx: DbOrTx, cipher: Cipher, accountId: string, device: NewDevice): Promise<void> {
  const deviceId = randomUUID()
  const sealed = cipher.encrypt(device.token, secretContext.device(accountId, deviceId))
  await tx`
    insert into devices (account_id, device_id, sender_id, consumer_id, platform, token)
    select ${accountId}, ${deviceId}::uuid, ${device.senderId}::uuid, ${device.consumerId}, ${device.platform}, ${sealed}
    where not exists (select from devices where account_id = ${accountId} and sender_id = ${device.senderId}
      and consumer_id = ${device.consumerId} and disabled_at is null)`
}

/**
 * Registers a device, in a tx. A push token that is known in this app is the same device: of the same consumer it keeps
 * its id; of another it is theirs no longer, because whoever signs in there now must not see what was theirs.
 * @returns the device token, `<accountId>.<32 random bytes>`: told once, only its SHA-256 is stored.
 */
export async function registerDevice(
  tx: DbOrTx,
  cipher: Cipher,
  accountId: string,
  device: NewDevice,
): Promise<{ deviceId: string; deviceToken: string }> {
  const { senderId, consumerId, platform } = device
  const pushHash = hashOf(device.token)
  await lockPushToken(tx, accountId, senderId, pushHash)
  const [known] = await tx<{ device_id: string; consumer_id: string }[]>`
    select device_id, consumer_id from devices
    where account_id = ${accountId} and sender_id = ${senderId} and push_token_hash = ${pushHash} and disabled_at is null`
  const same = known?.consumer_id === consumerId
  if (known !== undefined && !same) await signOut(tx, accountId, known.device_id, null)
  const deviceId = same ? known.device_id : randomUUID()
  const secret = randomBytes(32).toString('base64url')
  const sealed = cipher.encrypt(device.token, secretContext.device(accountId, deviceId))
  await tx`
    insert into devices (account_id, device_id, sender_id, consumer_id, platform, token, push_token_hash, device_token_hash)
    values (${accountId}, ${deviceId}, ${senderId}, ${consumerId}, ${platform}, ${sealed}, ${pushHash}, ${hashOf(secret)})
    on conflict (account_id, device_id) do update set device_token_hash = excluded.device_token_hash, pushes = 'all',
      registered_at = now(), last_seen_at = now()`
  await tx`
    update devices set disabled_at = now(), device_token_hash = null
    where account_id = ${accountId} and device_id in (
      select device_id from devices
      where account_id = ${accountId} and sender_id = ${senderId} and consumer_id = ${consumerId} and disabled_at is null
        and device_id <> ${deviceId}
      order by last_seen_at desc, device_id offset ${mostDevices - 1})`
  return { deviceId, deviceToken: `${accountId}.${secret}` }
}

/**
 * The device has a new push token, in a tx. It is live again if its old one was given up, and whichever device had the
 * new one before has it no longer.
 */
export async function refreshDevice(tx: DbOrTx, cipher: Cipher, caller: DeviceCaller, token: string): Promise<void> {
  const { accountId, senderId, deviceId } = caller
  const pushHash = hashOf(token)
  await lockPushToken(tx, accountId, senderId, pushHash)
  const others = await tx<{ device_id: string }[]>`
    select device_id from devices where account_id = ${accountId} and sender_id = ${senderId}
      and push_token_hash = ${pushHash} and disabled_at is null and device_id <> ${deviceId}`
  for (const other of others) await signOut(tx, accountId, other.device_id, null)
  await tx`
    update devices set token = ${cipher.encrypt(token, secretContext.device(accountId, deviceId))},
      push_token_hash = ${pushHash}, registered_at = now(), disabled_at = null, last_seen_at = now()
    where account_id = ${accountId} and device_id = ${deviceId}`
}

/** The device token is dead from now on; `pushes` says what still comes, null: nothing. */
export async function signOut(
  tx: DbOrTx,
  accountId: string,
  deviceId: string,
  pushes: DevicePushes | null,
): Promise<void> {
  await tx`
    update devices set device_token_hash = null, pushes = coalesce(${pushes}, pushes),
      disabled_at = case when ${pushes === null} then coalesce(disabled_at, now()) else disabled_at end
    where account_id = ${accountId} and device_id = ${deviceId}`
}

/** Who a device token stands for, read anew each time; null when it is unknown or signed out. */
export async function callerOfDevice(db: DbOrTx, deviceToken: string): Promise<DeviceCaller | null> {
  const [, accountId, secret] = tokenPattern.exec(deviceToken) ?? []
  if (accountId === undefined || secret === undefined) return null
  const [row] = await db<
    { device_id: string; sender_id: string; consumer_id: string; pushes: DevicePushes; stale: boolean }[]
  >`
    select d.device_id, d.sender_id, d.consumer_id, d.pushes, d.last_seen_at < now() - interval '1 hour' as stale
    from devices d join accounts a using (account_id)
    where d.account_id = ${accountId} and d.device_token_hash = ${hashOf(secret)} and a.enabled`
  if (row === undefined) return null
  if (row.stale) {
    await db`update devices set last_seen_at = now() where account_id = ${accountId} and device_id = ${row.device_id}`
  }
  return {
    kind: 'device',
    accountId,
    deviceId: row.device_id,
    senderId: row.sender_id,
    consumerId: row.consumer_id,
    pushes: row.pushes,
  }
}

/** Two registrations of one push token wait for each other. */
async function lockPushToken(tx: DbOrTx, accountId: string, senderId: string, hash: Buffer): Promise<void> {
  const key = `${accountId}/${senderId}/${hash.toString('base64')}`
  await tx`select pg_advisory_xact_lock(hashtextextended(${key}, 2))`
}
