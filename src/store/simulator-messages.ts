import { randomUUID } from 'node:crypto'
import type { Channel } from '../domain/channel.ts'
import type { DbOrTx } from './db.ts'
import type { SimulatorFile } from './simulator-files.ts'

export type SimulatorStatus = 'accepted' | 'sent' | 'delivered' | 'received' | 'failed'

/** A message on a pretend phone. */
export interface SimulatorMessage {
  readonly id: string
  readonly accountId: string
  readonly senderId: string
  readonly direction: 'to-phone' | 'from-phone'
  readonly channel: Channel
  /** The pretend phone's number, or the consumer's id in the app. */
  readonly number: string
  /** The brand's end. */
  readonly senderAddress: string
  readonly title: string | null
  readonly text: string
  /** What a phone sent; its bytes are read apart (`simulator-files`). Null: a text. */
  readonly file: { readonly contentType: string; readonly fileName: string } | null
  readonly status: SimulatorStatus
  readonly at: Date
}

interface Row {
  account_id: string
  simulator_message_id: string
  sender_id: string
  number: string
  channel: Channel
  direction: 'to-phone' | 'from-phone'
  title: string | null
  body: string
  file_type: string | null
  file_name: string | null
  status: SimulatorStatus
  at: Date
  sender_address: string
}

const messageOf = (row: Row): SimulatorMessage => ({
  id: row.simulator_message_id,
  accountId: row.account_id,
  senderId: row.sender_id,
  direction: row.direction,
  channel: row.channel,
  number: row.number,
  senderAddress: row.sender_address,
  title: row.title,
  text: row.body,
  file: row.file_type === null ? null : { contentType: row.file_type, fileName: row.file_name ?? '' },
  status: row.status,
  at: row.at,
})

export interface NewSimulatorMessage {
  readonly senderId: string
  readonly number: string
  readonly channel: Channel
  readonly direction: 'to-phone' | 'from-phone'
  readonly title: string | null
  readonly text: string
  readonly file: SimulatorFile | null
  readonly status: SimulatorStatus
  readonly reference: string | null
  readonly statusUrl: string | null
}

/** @returns the new message's id: what a provider would call its own id. */
export async function insertSimulatorMessage(
  db: DbOrTx,
  accountId: string,
  message: NewSimulatorMessage,
): Promise<string> {
  const id = randomUUID()
  const { bytes = null, contentType = null, fileName = null } = message.file ?? {}
  await db`
    insert into simulator_messages (account_id, simulator_message_id, sender_id, number, channel, direction, title, body,
      file_bytes, file_type, file_name, status, reference, status_url)
    values (${accountId}, ${id}, ${message.senderId}, ${message.number}, ${message.channel}, ${message.direction},
      ${message.title}, ${message.text}, ${bytes}, ${contentType}, ${fileName}, ${message.status}, ${message.reference},
      ${message.statusUrl})`
  return id
}

export async function setSimulatorStatus(
  db: DbOrTx,
  accountId: string,
  id: string,
  status: SimulatorStatus,
): Promise<void> {
  await db`
    update simulator_messages set status = ${status}
    where account_id = ${accountId} and simulator_message_id = ${id}`
}

/** The message that a sender handed over with this reference; null when there is none. */
export async function findSimulatorMessage(
  db: DbOrTx,
  accountId: string,
  senderId: string,
  reference: string,
): Promise<{ id: string; status: SimulatorStatus } | null> {
  const [row] = await db<{ simulator_message_id: string; status: SimulatorStatus }[]>`
    select simulator_message_id, status from simulator_messages
    where account_id = ${accountId} and sender_id = ${senderId} and reference = ${reference}
    order by message_number limit 1`
  return row === undefined ? null : { id: row.simulator_message_id, status: row.status }
}

/**
 * A phone shows what it would show: the newest messages of every brand of this sandbox, oldest first. Asked every second,
 * so the bytes of files are left where they are.
 */
export async function readSimulatorPhone(
  db: DbOrTx,
  numbers: readonly string[],
  most: number,
): Promise<readonly SimulatorMessage[]> {
  const rows = await db<Row[]>`
    select * from (
      select m.account_id, m.simulator_message_id, m.message_number, m.sender_id, m.number, m.channel, m.direction, m.title,
        m.body, m.file_type, m.file_name, m.status, m.at, s.address as sender_address
      from simulator_messages m join senders s on s.account_id = m.account_id and s.sender_id = m.sender_id
      where m.number = any(${numbers as string[]}) order by m.message_number desc limit ${most}) newest
    order by message_number`
  return rows.map(messageOf)
}

/** The simulated sender that a phone's message goes to: the one named, else the one that last wrote to it on this channel. */
export async function findSimulatorSender(
  db: DbOrTx,
  number: string,
  channel: Channel,
  to: string | null,
): Promise<{ accountId: string; senderId: string } | null> {
  const [row] =
    to === null
      ? await db<{ account_id: string; sender_id: string }[]>`
          select account_id, sender_id from simulator_messages
          where number = ${number} and channel = ${channel} and direction = 'to-phone'
          order by message_number desc limit 1`
      : await db<{ account_id: string; sender_id: string }[]>`
          select account_id, sender_id from senders where connector = ${`${channel}-simulator`} and address = ${to}`
  return row === undefined ? null : { accountId: row.account_id, senderId: row.sender_id }
}
