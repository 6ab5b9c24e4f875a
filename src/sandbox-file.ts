import { readFile } from 'node:fs/promises'
import type { Role } from './domain/caller.ts'
import type { IssuedApiKey } from './store/api-keys.ts'
import type { IssuedApp } from './store/app-installs.ts'
import { writeWholeFile } from './write-whole-file.ts'

/** DATA_DIR/sandbox.json: how a newcomer's scripts get at the sandbox. */
export interface SandboxFile {
  readonly accountId: string
  readonly baseUrl: string
  readonly apiKey: IssuedApiKey
  readonly app: IssuedApp
  readonly users: readonly { readonly email: string; readonly password: string; readonly role: Role }[]
  readonly handoffs: { readonly sms: string; readonly wa: string; readonly inapp: string }
}

/** The file as it was left; null when it is lost or is no longer in one piece. */
export async function readSandboxFile(path: string): Promise<SandboxFile | null> {
  try {
    const file = JSON.parse(await readFile(path, 'utf8')) as SandboxFile
    const whole =
      [file.apiKey.secret, file.apiKey.accessTokenSecret, file.app.clientId, file.app.clientSecret].every(
        (value) => typeof value === 'string',
      ) && file.users.every((user) => typeof user.email === 'string' && typeof user.password === 'string')
    return whole ? file : null
  } catch {
    return null
  }
}

export async function writeSandboxFile(path: string, file: SandboxFile): Promise<void> {
  await writeWholeFile(path, `${JSON.stringify(file, null, 2)}\n`)
}
