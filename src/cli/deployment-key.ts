import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type Cipher, cipher } from '../store/cipher.ts'
import { Mistake } from './command.ts'

/**
 * The cipher of the deployment's own key. Never makes a key: a new one could read nothing.
 * @throws Mistake when there is none.
 */
export async function deploymentCipher(config: Config): Promise<Cipher> {
  const file = join(config.dataDir, 'secret.key')
  const text = config.secretKey === null ? await readFile(file, 'utf8').catch(() => '') : ''
  const key = config.secretKey ?? Buffer.from(text.trim(), 'base64')
  if (key.length === 32) return cipher(key)
  throw new Mistake(
    `The deployment's secret key is missing: put secret.key into ${config.dataDir}, or name the key in C2M_SECRET_KEY.`,
  )
}
