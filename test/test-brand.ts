import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import type { Deps } from '../src/deps.ts'
import { type AccountSettings, defaultSettings, type Privilege } from '../src/domain/account.ts'
import type { Channel } from '../src/domain/channel.ts'
import { defaultOptOutLine, type HandoffChannel } from '../src/domain/handoff.ts'
import { secretContext } from '../src/store/account-config.ts'

/** What a brand is written with: a test's server has it, and so has a test that only reaches the database. */
export interface BrandWriter {
  readonly deps: Pick<Deps, 'db' | 'cipher'>
}

export interface TestBrand {
  readonly accountId: string
  readonly apiKey: { appKey: string; secret: string; accessToken: string; accessTokenSecret: string }
  readonly app: { clientId: string; clientSecret: string }
  readonly skills: { support: string; sales: string; billing: string }
  readonly smsSender: { senderId: string; address: string }
  /** SMS only. */
  readonly handoffId: string
}

/** How `http/ivr` stores a client secret: SHA-256 suffices, because the secret is 32 random bytes of our own making. */
export const hashClientSecret = (secret: string) => createHash('sha256').update(secret).digest('hex')

/** A complete brand written straight into the tables: what onboarding makes, without its door. */
export async function testBrand(
  server: BrandWriter,
  options: {
    privileges?: readonly Privilege[]
    settings?: Partial<AccountSettings>
    smsConnector?: string
    smsAddress?: string
    smsSettings?: Record<string, unknown>
    smsSecrets?: Record<string, unknown>
    region?: string
  } = {},
): Promise<TestBrand> {
  const { db, cipher } = server.deps
  const accountId = String(randomInt(10_000_000, 2 ** 40))
  const apiKey = {
    appKey: randomBytes(16).toString('hex'),
    secret: randomBytes(16).toString('hex'),
    accessToken: randomBytes(16).toString('hex'),
    accessTokenSecret: randomBytes(16).toString('hex'),
  }
  const app = { clientId: randomUUID(), clientSecret: randomBytes(32).toString('base64url') }
  const skills = { support: randomUUID(), sales: randomUUID(), billing: randomUUID() }
  const smsSender = {
    senderId: randomUUID(),
    address: options.smsAddress ?? `+1800555${String(randomInt(10_000)).padStart(4, '0')}${randomInt(1_000, 10_000)}`,
  }
  const settings = { ...defaultSettings, consumerCap: null, ...options.settings }
  const privileges = [
    ...(options.privileges ?? ['ivr.engagement', 'reporting', 'handoffs.read', 'consumers.vouch', 'admin']),
  ]

  await db`insert into accounts (account_id, title, region) values (${accountId}, 'Test brand', ${options.region ?? 'va'})`
  await db`insert into settings ${db({
    account_id: accountId,
    channels: settings.channels as Channel[],
    device_check: settings.deviceCheck,
    default_skill_id: settings.defaultSkillId,
    rate_limit: settings.rateLimit,
    quiet_hours: settings.quietHours === null ? null : db.json(settings.quietHours),
    consumer_cap: settings.consumerCap === null ? null : db.json(settings.consumerCap),
    opt_out_scope: settings.optOutScope,
  })}`
  await db`insert into users ${db({ account_id: accountId, user_id: randomUUID(), name: 'outbound-user', role: 'internal' })}`
  await db`insert into app_installs ${db([
    {
      account_id: accountId,
      client_id: randomUUID(),
      title: 'SmartConnect',
      secret_hash: '-',
      privileges: [],
      internal: true,
    },
    {
      account_id: accountId,
      client_id: app.clientId,
      title: 'IVR',
      secret_hash: hashClientSecret(app.clientSecret),
      privileges,
      internal: false,
    },
  ])}`
  await db`insert into api_keys ${db({
    account_id: accountId,
    app_key: apiKey.appKey,
    title: 'IVR',
    secret: cipher.encrypt(apiKey.secret, secretContext.apiKey(accountId, apiKey.appKey, 'secret')),
    access_token: apiKey.accessToken,
    access_token_secret: cipher.encrypt(
      apiKey.accessTokenSecret,
      secretContext.apiKey(accountId, apiKey.appKey, 'token'),
    ),
    privileges,
  })}`
  for (const [name, skillId] of Object.entries(skills)) {
    await db`insert into skills ${db({ account_id: accountId, skill_id: skillId, name })}`
    await db`insert into engagements ${db({ account_id: accountId, skill_id: skillId })}`
  }
  await db`insert into senders ${db({
    account_id: accountId,
    sender_id: smsSender.senderId,
    connector: options.smsConnector ?? 'sms-simulator',
    channel: 'sms',
    address: smsSender.address,
    title: 'Support number',
    settings: db.json((options.smsSettings ?? {}) as Record<string, string>),
    secrets:
      options.smsSecrets === undefined
        ? null
        : cipher.encrypt(JSON.stringify(options.smsSecrets), secretContext.sender(accountId, smsSender.senderId)),
  })}`
  const handoffId = await testHandoff(server, accountId, [
    {
      channel: 'sms',
      senderId: smsSender.senderId,
      text: 'Reply to continue by text.',
      optOutLine: defaultOptOutLine,
      senderByIvrNumber: {},
    },
  ])
  return { accountId, apiKey, app, skills, smsSender, handoffId }
}

/** Adds a handoff; columns not named keep the table's defaults. Returns its id. */
export async function testHandoff(
  server: BrandWriter,
  accountId: string,
  channels: readonly HandoffChannel[],
  columns: Record<string, string | number | boolean | string[]> = {},
): Promise<string> {
  const { db } = server.deps
  const handoffId = `H${String(randomInt(2 ** 47)).padStart(15, '0')}`
  await db`insert into handoffs ${db({
    account_id: accountId,
    handoff_id: handoffId,
    title: `Handoff ${handoffId}`,
    lookback_minutes: 43_200,
    channels: db.json(channels as never),
    ...columns,
  })}`
  return handoffId
}
