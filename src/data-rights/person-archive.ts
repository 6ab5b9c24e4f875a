import type { Database } from '../store/db.ts'
import { holdings } from './holdings.ts'
import { type PersonAddress, patiently } from './person.ts'
import { readHolding, rowsOfPerson } from './person-rows.ts'
import { type ArchivedFile, zipArchive } from './zip-archive.ts'

/** What the reader of an archive needs to know of it. */
const about = [
  'Everything this system holds of one person, as it stood when the archive was made.',
  'person.json: under "data" a list for each kind of data, each entry a row with all its fields; times are UTC.',
  'files/: what was sent to the person as a file, by its id.',
  'Pictures that the person sent stay at the provider; messages.media holds their addresses. In a sandbox the provider is',
  'pretend and kept here: what its phones sent is in files/ too, by the id in simulator_messages.',
].join('\n')

/**
 * Everything that is held of a person, as a ZIP archive: `person.json` and the files. By the same list of tables that
 * erasing goes by, read in one snapshot; only a file is read when its turn comes.
 * @returns the archive's parts, and how many rows it holds by table.
 */
export async function personArchive(
  db: Database,
  accountId: string,
  addresses: readonly PersonAddress[],
): Promise<{ readonly parts: AsyncGenerator<Buffer>; readonly rows: Readonly<Record<string, number>> }> {
  const { data, fileIds, sentIds } = await patiently(db, async (tx) => {
    await tx`set transaction isolation level repeatable read, read only`
    const rows = await rowsOfPerson(
      tx,
      accountId,
      addresses.map(({ address }) => address),
    )
    const tables: Record<string, readonly unknown[]> = {}
    for (const holding of holdings) {
      const found = await readHolding(tx, rows, holding)
      if (found.length > 0) tables[holding.table] = [...(tables[holding.table] ?? []), ...found]
    }
    const files = await tx<{ id: string }[]>`
      select file_id as id from files
      where account_id = ${accountId} and conversation_id = any(${[...rows.conversations]}::uuid[]) order by file_id`
    const sent = await tx<{ id: string }[]>`
      select simulator_message_id as id from simulator_messages
      where account_id = ${accountId} and number = any(${[...rows.addresses]}::text[]) and file_bytes is not null
      order by message_number`
    return { data: tables, fileIds: files.map(({ id }) => id), sentIds: sent.map(({ id }) => id) }
  })
  async function* files(): AsyncGenerator<ArchivedFile> {
    const person = { madeAt: new Date().toISOString(), accountId, addresses, data }
    yield { path: 'README.txt', bytes: Buffer.from(`${about}\n`) }
    yield { path: 'person.json', bytes: Buffer.from(`${JSON.stringify(person, null, 2)}\n`) }
    for (const fileId of fileIds) {
      const [file] = await db<{ bytes: Buffer; content_type: string }[]>`
        select bytes, content_type from files where account_id = ${accountId} and file_id = ${fileId}`
      if (file !== undefined) yield { path: `files/${fileId}${ending(file.content_type)}`, bytes: file.bytes }
    }
    for (const id of sentIds) {
      const [file] = await db<{ bytes: Buffer; content_type: string }[]>`
        select file_bytes as bytes, file_type as content_type from simulator_messages
        where account_id = ${accountId} and simulator_message_id = ${id}`
      if (file !== undefined) yield { path: `files/${id}${ending(file.content_type)}`, bytes: file.bytes }
    }
  }
  const rows = Object.fromEntries(Object.entries(data).map(([table, found]) => [table, found.length]))
  return { parts: zipArchive(files()), rows }
}

/** By the type alone: the name that the file came with is in person.json, and belongs in no path. */
function ending(contentType: string): string {
  const subtype = /^[a-z]+\/([a-z0-9]+)/.exec(contentType)?.[1]
  return subtype === undefined ? '' : `.${subtype}`
}
