import { join } from 'node:path'
import { onboardAccount } from './actions/onboard-account.ts'
import { renewApiKey } from './actions/renew-api-key.ts'
import { renewApp } from './actions/renew-app.ts'
import { saveAccount } from './actions/save-account.ts'
import { saveUser } from './actions/save-user.ts'
import type { Deps } from './deps.ts'
import type { AccountConfig } from './domain/account.ts'
import type { Caller } from './domain/caller.ts'
import { sandboxAccountId, sandboxConsumer } from './domain/sandbox-account.ts'
import { sandboxBrand, sandboxHandoffs, sandboxSkills, sandboxUsers } from './sandbox-brand.ts'
import { readSandboxFile, type SandboxFile, writeSandboxFile } from './sandbox-file.ts'
import { loadAccountConfig } from './store/account-config.ts'
import { listApiKeys } from './store/api-keys.ts'
import { hashClientSecret, listAppInstalls } from './store/app-installs.ts'
import { insertDevice } from './store/devices.ts'
import { listUsers } from './store/users.ts'
import type { SandboxNote } from './welcome.ts'

const caller: Caller = { kind: 'system', accountId: sandboxAccountId }

/** Account 12345678 exists and is a real brand's. */
export class SandboxTaken extends Error {}

/**
 * Makes the sandbox brand at the first start and keeps it at every later one; its credentials stand in
 * DATA_DIR/sandbox.json (design section 10). A lost or foreign file is made anew, with new secrets. What somebody has
 * changed in the sandbox stays changed.
 * @throws SandboxTaken
 */
export async function seedSandbox(deps: Deps, dataDir: string): Promise<SandboxNote> {
  const path = join(dataDir, 'sandbox.json')
  const config = await loadAccountConfig(deps.db, deps.cipher, sandboxAccountId)
  if (config !== null && !isSandbox(config)) {
    throw new SandboxTaken(`Account ${sandboxAccountId} is not the sandbox brand: start with SANDBOX=off.`)
  }
  const known = await readSandboxFile(path)
  const credentials =
    config === null ? await make(deps) : known !== null && opens(known, config) ? known : await makeAnew(deps)
  const file: SandboxFile = {
    accountId: sandboxAccountId,
    baseUrl: deps.publicUrl,
    apiKey: credentials.apiKey,
    app: credentials.app,
    users: credentials.users,
    handoffs: sandboxHandoffs,
  }
  if (config !== null && config.region !== deps.config.region) {
    // Otherwise this deployment would say that another one serves its own sandbox.
    await saveAccount(deps, caller, sandboxAccountId, { region: deps.config.region })
  }
  await registerDevice(deps)
  await writeSandboxFile(path, file)
  const agent = file.users.find((user) => user.role === 'agent') ?? file.users[0]!
  return { accountId: file.accountId, file: path, handoffId: sandboxHandoffs.sms, app: file.app, user: agent }
}

type Credentials = Pick<SandboxFile, 'apiKey' | 'app' | 'users'>

async function make(deps: Deps): Promise<Credentials> {
  const { apiKey, app, users } = await onboardAccount(deps, caller, sandboxBrand(deps.config.region))
  return { apiKey, app, users: users.map(({ email, password, role }) => ({ email, password, role })) }
}

/** New secrets for what onboarding made first: keys cannot be deleted, so a lost file must not make more of them. */
async function makeAnew(deps: Deps): Promise<Credentials> {
  const [key] = await listApiKeys(deps.db, sandboxAccountId)
  const [app] = await listAppInstalls(deps.db, sandboxAccountId)
  const existing = await listUsers(deps.db, sandboxAccountId)
  const users = []
  for (const { email, name, role } of sandboxUsers) {
    const userId = existing.find((user) => user.email === email)?.userId ?? null
    const saved = await saveUser(
      deps,
      caller,
      sandboxAccountId,
      userId,
      userId === null ? { email, name, role, skills: sandboxSkills } : { newPassword: true },
    )
    users.push({ email, password: saved.password!, role: saved.role })
  }
  return {
    apiKey: await renewApiKey(deps, caller, sandboxAccountId, key!.appKey),
    app: await renewApp(deps, caller, sandboxAccountId, app!.clientId),
    users,
  }
}

/** Passwords are not tried: that costs a second of every start, and whoever has changed one knows it. */
function opens(file: SandboxFile, config: AccountConfig): boolean {
  const key = config.apiKeys.get(file.apiKey.appKey)
  const app = config.appInstalls.get(file.app.clientId)
  return (
    key !== undefined &&
    key.secret === file.apiKey.secret &&
    key.accessToken === file.apiKey.accessToken &&
    key.accessTokenSecret === file.apiKey.accessTokenSecret &&
    app?.secretHash === hashClientSecret(file.app.clientSecret) &&
    sandboxUsers.every(({ email }) => file.users.some((user) => user.email === email))
  )
}

function isSandbox(config: AccountConfig): boolean {
  return (
    config.handoffs.has(sandboxHandoffs.sms) &&
    [...config.senders.values()].some((sender) => sender.connector === 'sms-simulator')
  )
}

async function registerDevice(deps: Deps): Promise<void> {
  const config = await loadAccountConfig(deps.db, deps.cipher, sandboxAccountId)
  const sender = [...config!.senders.values()].find(({ connector }) => connector === 'inapp-simulator')
  if (sender === undefined) return
  const device = {
    senderId: sender.senderId,
    consumerId: sandboxConsumer,
    platform: 'simulator',
    token: 'simulator',
  } as const
  await insertDevice(deps.db, deps.cipher, sandboxAccountId, device)
}
