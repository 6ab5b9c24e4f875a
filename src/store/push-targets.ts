import type { PushDevice } from '../channels/connector.ts'
import type { MessageKind } from '../domain/message.ts'
import { secretContext } from './account-config.ts'
import type { Cipher } from './cipher.ts'
import type { DbOrTx } from './db.ts'

/** A device that a message goes to, and the app (sender) through which it is reached. */
export interface PushTarget {
  readonly deviceId: string
  readonly senderId: string
}

/** A device as it is stored: its token sealed. */
export interface SealedDevice extends Omit<PushDevice, 'token'> {
  readonly sealed: Buffer
}

/** A person has a phone, a tablet and a browser; more than these are left-overs, of which the newest are tried. */
const mostDevices = 10

/**
 * The live devices of a consumer in these apps that still get such messages, newest registration first. An invite rings
 * where its handoff says; what follows it rings in the same apps on all their push services, whichever was answered in.
 * @param conversationId that the message belongs to; null: none.
 */
export async function liveDevices(
  tx: DbOrTx,
  accountId: string,
  consumerId: string,
  senderIds: readonly string[],
  kind: MessageKind,
  conversationId: string | null = null,
): Promise<readonly PushTarget[]> {
  const ids = [...senderIds]
  const named = kind === 'invite' ? tx`= any(${ids}::uuid[])` : tx`in (${appsOf(tx, accountId, ids, conversationId)})`
  const rows = await tx<{ device_id: string; sender_id: string }[]>`
    select device_id, sender_id from devices
    where account_id = ${accountId} and consumer_id = ${consumerId} and disabled_at is null
      and sender_id ${named} and (${kind === 'invite'} or pushes = 'all')
    order by registered_at desc, device_id limit ${mostDevices}`
  return rows.map((row) => ({ deviceId: row.device_id, senderId: row.sender_id }))
}

/** These senders, the other ones of the same apps, and those that the handoff of the conversation's call names. */
const appsOf = (tx: DbOrTx, accountId: string, senderIds: readonly string[], conversationId: string | null) => tx`
  select unnest(${[...senderIds]}::uuid[])
  union
  select s.sender_id from senders own
  join senders s on s.account_id = own.account_id and s.address = own.address and s.channel = 'inapp'
  where own.account_id = ${accountId} and own.sender_id = any(${[...senderIds]}::uuid[])
    and s.enabled and s.broken is null
  union
  select s.sender_id
  from conversations c
  join calls k on k.account_id = c.account_id and k.call_id = c.call_id
  join handoffs h on h.account_id = k.account_id and h.handoff_id = k.handoff_id
  cross join jsonb_array_elements(h.channels) as named(channel)
  cross join jsonb_array_elements_text(named.channel -> 'senderIds') as app(sender_id)
  join senders s on s.account_id = c.account_id and s.sender_id = app.sender_id::uuid
  where c.account_id = ${accountId} and c.conversation_id = ${conversationId} and named.channel ->> 'channel' = 'inapp'
    and s.enabled and s.broken is null`

/** The device with its token opened, for the one push that needs it; null when there is none, or nobody can open it. */
export function openDevice(cipher: Cipher, accountId: string, device: SealedDevice | null): PushDevice | null {
  if (device === null) return null
  const { sealed, ...open } = device
  try {
    return { ...open, token: cipher.decrypt(sealed, secretContext.device(accountId, device.deviceId)) }
  } catch {
    return null
  }
}

/**
 * The push service said that a device is gone: it is tried no more.
 * @param registeredAt of the registration that was pushed to; a later one is another, and stays.
 */
export async function retireDevice(tx: DbOrTx, accountId: string, deviceId: string, registeredAt: Date): Promise<void> {
  await tx`
    update devices set disabled_at = clock_timestamp()
    where account_id = ${accountId} and device_id = ${deviceId} and disabled_at is null
      and date_trunc('milliseconds', registered_at) <= ${registeredAt}`
}
