import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** Most of a log that is read, in bytes. */
const most = 8_000

/**
 * Marks where PostgreSQL's log files end now.
 * @returns what reads the first lines that were written since; nothing when they cannot be read.
 */
export function logMark(dataFolder: string): () => string {
  const folder = join(dataFolder, 'log')
  const before = new Map(filesIn(folder).map((name) => [name, sizeOf(join(folder, name))]))
  return () =>
    filesIn(folder)
      .map((name) => textFrom(join(folder, name), before.get(name) ?? 0))
      .join('')
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

const sizeOf = (path: string): number => opened(path, (file) => fstatSync(file).size) ?? 0

/** A file that became shorter was begun anew. */
function textFrom(path: string, start: number): string {
  const read = (file: number): string => {
    const bytes = Buffer.alloc(most)
    const from = fstatSync(file).size < start ? 0 : start
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, most, from))
  }
  return opened(path, read) ?? ''
}

/** Null when it cannot be read: the reason is wanted for a sentence, which is said without it then. */
function opened<T>(path: string, use: (file: number) => T): T | null {
  try {
    const file = openSync(path, 'r')
    try {
      return use(file)
    } finally {
      closeSync(file)
    }
  } catch {
    return null
  }
}
