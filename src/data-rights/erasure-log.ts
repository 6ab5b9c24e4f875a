import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One erasure as it is remembered outside of the database. */
export interface LoggedErasure {
  readonly accountId: string
  readonly erasureId: string
  /** Keyed hashes of the person's addresses. */
  readonly hashes: readonly string[]
}

/**
 * DATA_DIR/erasures.log, a line of JSON each: what a backup that is older cannot know. It holds keyed hashes only, and
 * belongs with the backups, not in them.
 */
export const erasureLogOf = (dataDir: string) => join(dataDir, 'erasures.log')

/** Adds a line, on the disk when this resolves. The same erasure may be added again. */
export async function noteInErasureLog(dataDir: string, erasure: LoggedErasure): Promise<void> {
  const { accountId, erasureId, hashes } = erasure
  const file = await open(erasureLogOf(dataDir), 'a', 0o600)
  try {
    await file.write(`${JSON.stringify({ at: new Date().toISOString(), accountId, erasureId, hashes })}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Every erasure of the list, each once; none when there is no list. A line that was cut off is no erasure. */
export async function readErasureLog(path: string): Promise<readonly LoggedErasure[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const known = new Map<string, LoggedErasure>()
  for (const line of text.split('\n')) {
    const erasure = parsed(line)
    if (erasure !== null) known.set(`${erasure.accountId}/${erasure.erasureId}`, erasure)
  }
  return [...known.values()]
}

function parsed(line: string): LoggedErasure | null {
  try {
    const { accountId, erasureId, hashes } = JSON.parse(line) as Partial<LoggedErasure>
    const whole = typeof accountId === 'string' && typeof erasureId === 'string' && Array.isArray(hashes)
    return whole ? { accountId, erasureId, hashes } : null
  } catch {
    return null
  }
}
