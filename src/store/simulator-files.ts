import type { DbOrTx } from './db.ts'

/** A picture or PDF file that a pretend phone sent, as its message keeps it. */
export interface SimulatorFile {
  readonly bytes: Buffer
  readonly contentType: string
  readonly fileName: string
}

/**
 * The file of a message, as the provider of the sender that it went to has it; null: there is none such, or not at this
 * sender.
 * @param id of the message, a UUID.
 */
export async function readSimulatorFile(
  db: DbOrTx,
  accountId: string,
  senderId: string,
  id: string,
): Promise<SimulatorFile | null> {
  const [row] = await db<SimulatorFile[]>`
    select file_bytes as bytes, file_type as "contentType", file_name as "fileName" from simulator_messages
    where account_id = ${accountId} and simulator_message_id = ${id} and sender_id = ${senderId}
      and file_bytes is not null`
  return row ?? null
}

/**
 * The same, as its own phone has it, which is nobody's brand: by the number alone. Null also for a file of another phone.
 * @param numbers the phone's number as it may be stored.
 * @param id of the message, a UUID.
 */
export async function readPhoneFile(db: DbOrTx, numbers: readonly string[], id: string): Promise<SimulatorFile | null> {
  const [row] = await db<SimulatorFile[]>`
    select file_bytes as bytes, file_type as "contentType", file_name as "fileName" from simulator_messages
    where number = any(${numbers as string[]}) and simulator_message_id = ${id} and file_bytes is not null`
  return row ?? null
}
