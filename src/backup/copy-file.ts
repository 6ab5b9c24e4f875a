import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

const chunkBytes = 1024 * 1024

/**
 * Copies a file as far as it reaches now; PostgreSQL may be writing to it.
 * @param to null: it is only read.
 * @param options.flush the copy is on the disk when this resolves.
 * @returns null when there is no such file (any more); otherwise what was copied.
 */
export async function copyFile(
  from: string,
  to: string | null,
  options: { flush: boolean },
): Promise<{ readonly size: number; readonly sha256: string } | null> {
  const source = await open(from, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (source === null) return null
  const target = to === null ? null : await open(to, 'wx', 0o600).catch((error) => closing(source, error))
  try {
    const hash = createHash('sha256')
    const buffer = Buffer.allocUnsafe(chunkBytes)
    let size = 0
    for (;;) {
      const { bytesRead } = await source.read(buffer, 0, chunkBytes, size)
      if (bytesRead === 0) break
      const chunk = buffer.subarray(0, bytesRead)
      hash.update(chunk)
      await target?.writeFile(chunk)
      size += bytesRead
    }
    if (options.flush) await target?.datasync()
    return { size, sha256: hash.digest('hex') }
  } finally {
    await source.close()
    await target?.close()
  }
}

async function closing(file: FileHandle, error: unknown): Promise<never> {
  await file.close()
  throw error
}
