import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Folders of which only the empty folder is copied: PostgreSQL fills them anew (manual, section 25.3.4). */
const emptied = new Set([
  ...['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans'],
  // Its words to operators, not its data.
  'log',
])
const leftOut =
  /^(postmaster\.(pid|opts)|backup_label(\.old)?|tablespace_map(\.old)?|current_logfiles|pg_internal\.init.*|pgsql_tmp.*)$/

/** What of a running PostgreSQL's data folder belongs to a backup, its write-ahead log aside. */
export async function dataFiles(dataFolder: string): Promise<{ folders: readonly string[]; files: readonly string[] }> {
  const folders: string[] = []
  const files: string[] = []
  const walk = async (folder: string): Promise<void> => {
    // A database that is dropped at this moment takes its folder along.
    const entries = await readdir(join(dataFolder, folder), { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      },
    )
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (leftOut.test(entry.name)) continue
      if (entry.isSymbolicLink()) throw new Error(`${join(dataFolder, path)} is a link; such data cannot be backed up.`)
      if (entry.isDirectory()) {
        folders.push(path)
        if (folder !== '' || !emptied.has(entry.name)) await walk(path)
      } else if (entry.isFile()) files.push(path)
    }
  }
  await walk('')
  folders.push('pg_wal/archive_status', 'pg_wal/summaries')
  return { folders, files }
}

/**
 * The segments of the write-ahead log from one to another, and the histories of timelines.
 * @throws Error when one of them is missing.
 */
export async function walFiles(dataFolder: string, from: string, to: string): Promise<readonly string[]> {
  const names = await readdir(join(dataFolder, 'pg_wal'))
  const segments = names.filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= from && name <= to).sort()
  const gaps = segments.slice(1).some((name, at) => numberOf(name) !== numberOf(segments[at]!) + 1n)
  if (segments[0] !== from || segments.at(-1) !== to || gaps)
    throw new Error(`PostgreSQL did not keep its log from ${from} to ${to}; nothing was backed up.`)
  return [...names.filter((name) => /^[0-9A-F]{8}\.history$/.test(name)), ...segments].map((name) => `pg_wal/${name}`)
}

/** Segments of 16 MB: the last part of the name counts to 0xFF. */
const numberOf = (segment: string) => BigInt(`0x${segment.slice(8, 16)}`) * 256n + BigInt(`0x${segment.slice(16)}`)
