import { randomBytes, randomUUID } from 'node:crypto'
import { sendInvite } from '../src/actions/send-invite.ts'
import type { Deps } from '../src/deps.ts'
import type { AccountSettings } from '../src/domain/account.ts'
import type { Clock } from '../src/domain/clock.ts'
import type { HandoffChannel } from '../src/domain/handoff.ts'
import { type PlainProvider, plainConnector, plainProvider } from './simulators/plain-provider.ts'
import { type TestBrand, testBrand, testHandoff } from './test-brand.ts'
import { ivrOf } from './test-call.ts'
import { type TestServer, testServer } from './test-server.ts'

/** A server, one provider on two channels, and brands that send through it. */
export interface SendingStage {
  readonly server: TestServer
  readonly provider: PlainProvider
  /** The environment of `server`: a second server on the same database needs the same key. */
  readonly env: Record<string, string>
  /** A fresh brand whose SMS sender is the provider's. `findable: false`: the provider cannot be asked. */
  brand(options?: { settings?: Partial<AccountSettings>; findable?: boolean }): Promise<TestBrand>
  /** A handoff of WhatsApp, then SMS, both by the provider. */
  twoChannels(brand: TestBrand, columns?: Record<string, string | number | boolean>): Promise<string>
  /** A handoff of two in-app senders, both by the provider. */
  twoApps(brand: TestBrand): Promise<{ handoffId: string; senderIds: [string, string] }>
  /** Another process on the same database. */
  another(options?: { env?: Record<string, string>; clock?: Clock }): Promise<TestServer>
  close(): Promise<void>
}

export async function sendingStage(
  options: { env?: Record<string, string>; clock?: Clock } = {},
): Promise<SendingStage> {
  const provider = await plainProvider()
  const connectors = [
    plainConnector('sms-plain', 'sms'),
    plainConnector('wa-plain', 'wa'),
    plainConnector('sms-mute', 'sms', false),
    plainConnector('inapp-plain', 'inapp', false),
  ]
  const env = { C2M_SECRET_KEY: randomBytes(32).toString('base64'), ...options.env }
  const server = await testServer({ ...options, env, connectors })
  const others: TestServer[] = []
  return {
    server,
    provider,
    env,
    brand: ({ settings, findable = true } = {}) =>
      testBrand(server, {
        smsConnector: findable ? 'sms-plain' : 'sms-mute',
        smsSettings: { baseUrl: provider.url },
        ...(settings === undefined ? {} : { settings }),
      }),
    async twoChannels(brand, columns = {}) {
      const { db } = server.deps
      const [senderId, templateId] = [randomUUID(), randomUUID()]
      const { accountId } = brand
      await db`
        insert into senders (account_id, sender_id, connector, channel, address, title, settings)
        values (${accountId}, ${senderId}, 'wa-plain', 'wa', ${`+1${accountId}`}, 'WhatsApp', ${db.json({ baseUrl: provider.url })})`
      await db`
        insert into templates (account_id, template_id, name, language, status, body)
        values (${accountId}, ${templateId}, 'hello', 'en', 'approved', 'Hello on WhatsApp')`
      const channels: HandoffChannel[] = [
        { channel: 'wa', senderId, templateId },
        {
          channel: 'sms',
          senderId: brand.smsSender.senderId,
          text: 'Hello by text',
          optOutLine: '',
          senderByIvrNumber: {},
        },
      ]
      return testHandoff(server, accountId, channels, columns)
    },
    async twoApps(brand) {
      const { db } = server.deps
      const senderIds: [string, string] = [randomUUID(), randomUUID()]
      for (const senderId of senderIds)
        await db`
          insert into senders (account_id, sender_id, connector, channel, address, title, settings)
          values (${brand.accountId}, ${senderId}, 'inapp-plain', 'inapp', ${senderId}, 'App', ${db.json({ baseUrl: provider.url })})`
      const handoffId = await testHandoff(server, brand.accountId, [
        { channel: 'inapp', senderIds, title: 'Your call', text: 'Go on in the app' },
      ])
      return { handoffId, senderIds }
    },
    async another(more = {}) {
      const other = await testServer({ ...more, env: { ...env, ...more.env }, connectors, database: server.database })
      others.push(other)
      return other
    },
    async close() {
      for (const other of others) await other.close()
      await server.close()
      await provider.close()
    },
  }
}

/** Asks for an invite as the brand's IVR would. */
export const inviteBy = (
  deps: Deps,
  brand: TestBrand,
  callId: string,
  overrides: { overrideChannel?: string; overrideMessage?: string; overrideSkill?: string } = {},
): Promise<{ callId: string }> => sendInvite(deps, ivrOf(brand), { callId, ...overrides })

/** The rows that an invite made: what the tests look at. */
export async function invitedRows(deps: Deps, brand: TestBrand, callId: string) {
  const { db } = deps
  const { accountId } = brand
  const [invite] = await db`select * from invites where account_id = ${accountId} and call_id = ${callId}`
  const [call] = await db`select * from calls where account_id = ${accountId} and call_id = ${callId}`
  const messages = await db`
    select * from messages where account_id = ${accountId} and call_id = ${callId} order by message_number`
  const attempts = await db`
    select * from attempts where account_id = ${accountId} and call_id = ${callId} order by created_at`
  const steps = await db`
    select step, channel, details from transaction_steps
    where account_id = ${accountId} and call_id = ${callId} order by step_number`
  return { invite, call: call!, messages, attempts, steps: steps.map((row) => row.step as string) }
}
