import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, ConfigProblem } from './config.ts'
import { writeWholeFile } from './write-whole-file.ts'

export interface MadeSecrets {
  readonly secretKey: Buffer
  readonly operatorToken: string
}

/**
 * The two secrets of a deployment: from the settings, else from DATA_DIR, where the first start makes them (mode 600).
 * @throws ConfigProblem when a file is there but holds something else: making a new key would lose every stored secret.
 */
export async function madeSecrets(config: Config): Promise<MadeSecrets> {
  await mkdir(config.dataDir, { recursive: true })
  const keyFile = join(config.dataDir, 'secret.key')
  const key =
    config.secretKey ?? Buffer.from(await madeOnce(keyFile, () => randomBytes(32).toString('base64')), 'base64')
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
  const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new ConfigProblem(`${path} cannot be read (${error.code}).`)
  })
  if (known !== null && known.trim() !== '') return known.trim()
  const made = make()
  await writeWholeFile(path, `${made}\n`)
  return made
}
