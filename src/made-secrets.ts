import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, ConfigProblem } from './config.ts'

export interface MadeSecrets {
  readonly secretKey: Buffer
  readonly operatorToken: string
}

/**
 * The two secrets of a deployment: from the settings, else from DATA_DIR, where the first start makes them (mode 600).
 * Of several starters at once one makes them, and all have the same.
 * @param mayMakeKey whether nothing is stored yet: making a new key would lose every stored secret.
 * @throws ConfigProblem when the key is missing and may not be made, when a file holds something else, or when DATA_DIR
 * cannot be read or written.
 */
export async function madeSecrets(config: Config, mayMakeKey: boolean): Promise<MadeSecrets> {
  await mkdir(config.dataDir, { recursive: true }).catch(unwritable(config.dataDir))
  const keyFile = join(config.dataDir, 'secret.key')
  const makeKey = () => {
    if (mayMakeKey) return randomBytes(32).toString('base64')
    throw new ConfigProblem(
      `${keyFile} is missing, but the database holds secrets or has had a key before. Put the right secret.key back, or name it in C2M_SECRET_KEY; a new one cannot read the stored secrets.`,
    )
  }
  const key = config.secretKey ?? Buffer.from(await madeOnce(keyFile, makeKey), 'base64')
  if (key.length !== 32) {
    throw new ConfigProblem(
      `${keyFile} does not hold a key. Put the right one back, or name it in C2M_SECRET_KEY; a new one cannot read the stored secrets.`,
    )
  }
  const operatorToken =
    config.operatorToken ??
    (await madeOnce(join(config.dataDir, 'operator.token'), () => randomBytes(32).toString('base64url')))
  return { secretKey: key, operatorToken }
}

async function madeOnce(path: string, make: () => string): Promise<string> {
  const known = await wordIn(path)
  if (known !== null) return known
  const made = make()
  const first = await putWhereNothingIs(path, `${made}\n`).catch(unwritable(path))
  // Another starter was quicker: its file is whole.
  return first ? made : (await wordIn(path))!
}

/** What the file holds; null: there is none. */
async function wordIn(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new ConfigProblem(`${path} cannot be read (${error.code}).`)
  })
  if (text !== null && text.trim() === '')
    throw new ConfigProblem(`${path} is empty. Put back what it held, or delete it if this is the first start.`)
  return text?.trim() ?? null
}

/**
 * The file appears whole, on the disk, and never in the place of another: what is sealed with its key a moment later must
 * not outlive it in a power cut.
 * @returns false when there was one already.
 */
async function putWhereNothingIs(path: string, text: string): Promise<boolean> {
  const fresh = `${path}.${randomBytes(4).toString('hex')}.new`
  const file = await open(fresh, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
    await link(fresh, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    // Some network shares have no links; there the last of several starters at once wins.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    await rename(fresh, path)
  } finally {
    await file.close()
    await rm(fresh, { force: true })
  }
  const folder = await open(join(path, '..'), 'r')
  await folder.sync().finally(() => folder.close())
  return true
}

const unwritable = (path: string) => (error: NodeJS.ErrnoException) => {
  if (error instanceof ConfigProblem || error.code === undefined) throw error
  throw new ConfigProblem(
    `DATA_DIR is wrong: ${path} cannot be made or written (${error.code}). Make the folder writable for the server's user, or name another one.`,
  )
}
