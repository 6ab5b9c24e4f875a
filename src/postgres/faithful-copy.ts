import { chmodSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { entryAt, isOwnFolder } from './owned-folder.ts'

/**
 * Whether `copy` holds every file of `source` with its size, and nothing in it, nor its parent folder, belongs to or can
 * be written by another user. A name in a shared folder proves nothing: a stranger may have planted programs there.
 */
export function isFaithfulCopy(source: string, copy: string): boolean {
  const own = process.geteuid?.() ?? -1
  if (!isOwnFolder(join(copy, '..'), own) || !isOwnFolder(copy, own)) return false
  return readdirSync(source, { withFileTypes: true }).every((entry) => {
    const original = join(source, entry.name)
    const twin = join(copy, entry.name)
    if (entry.isDirectory()) return isFaithfulCopy(original, twin)
    const found = entryAt(twin)
    if (!found || found.uid !== own) return false
    if (entry.isSymbolicLink()) return found.isSymbolicLink()
    return found.isFile() && (found.mode & 0o022) === 0 && found.size === lstatSync(original).size
  })
}

/** Lets everybody read and nobody but the owner write, in a whole tree; programs stay programs. */
export function openToReaders(path: string): void {
  const entry = lstatSync(path)
  if (entry.isSymbolicLink()) return
  chmodSync(path, entry.isDirectory() || entry.mode & 0o100 ? 0o755 : 0o644)
  if (entry.isDirectory()) for (const name of readdirSync(path)) openToReaders(join(path, name))
}
