import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { folderParts } from '../domain/export-schedule.ts'
import { ExportFailed } from './export-failed.ts'

/**
 * The folder of a brand that its destination names, below the deployment's own folder for exports.
 * @throws ExportFailed when it would lead out of it, by its name or by a link.
 */
export async function brandFolder(root: string, accountId: string, name: string): Promise<string> {
  const parts = folderParts(name)
  if (parts === null || !/^[0-9]{1,20}$/.test(accountId)) throw outside()
  await mkdir(root, { recursive: true, mode: 0o750 })
  let folder = await realpath(root)
  // One by one: a link on the way must not have folders made where it leads to.
  for (const part of [accountId, ...parts]) {
    const next = join(folder, part)
    await mkdir(next, { mode: 0o750 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    if ((await realpath(next)) !== next) throw outside()
    folder = next
  }
  return folder
}

/**
 * Puts a file into a brand's folder under this name, in the place of an earlier one: whoever looks sees no half file.
 * @param signal ends it; nothing is left then.
 */
export async function deliverToFolder(folder: string, name: string, from: string, signal: AbortSignal): Promise<void> {
  const half = join(folder, `.${name}.part`)
  try {
    await rm(half, { force: true })
    // A name that somebody has put a link under is not followed.
    await pipeline(createReadStream(from), createWriteStream(half, { flags: 'wx', mode: 0o640 }), { signal })
    await chmod(half, 0o640)
    const file = await open(half, 'r+')
    await file.sync().finally(() => file.close())
    await rename(half, join(folder, name))
  } finally {
    await rm(half, { force: true })
  }
}

const outside = () =>
  new ExportFailed('The folder of the schedule is not within the folder for exports.', { forGood: true })
