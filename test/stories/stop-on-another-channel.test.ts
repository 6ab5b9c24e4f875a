import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import { smsTwilio } from '../../src/channels/sms-twilio/index.ts'
import { waCloud } from '../../src/channels/wa-cloud/index.ts'
import type { AccountSettings } from '../../src/domain/account.ts'
import { hookPath } from '../../src/domain/hook-path.ts'
import { callIvr } from '../ivr-client.ts'
import {
  type MetaSimulator,
  simulatedBusiness,
  simulatedWaSender,
  startMetaSimulator,
} from '../simulators/meta/index.ts'
import { simulatedAccount, startTwilioSimulator, type TwilioSimulator } from '../simulators/twilio/index.ts'
import { type TestBrand, testBrand, testHandoff } from '../test-brand.ts'
import { testPhone } from '../test-phone.ts'
import { type TestServer, testServer } from '../test-server.ts'

/*
 * CO-04: STOP by text, told by Twilio's own signed webhook, then an invite by WhatsApp. The account says what a STOP binds:
 * every channel (the default) or the one it was said on.
 */
let server: TestServer
let meta: MetaSimulator
let twilio: TwilioSimulator

before(async () => {
  meta = await startMetaSimulator({ businesses: [simulatedBusiness] })
  twilio = await startTwilioSimulator({ accounts: [simulatedAccount] })
  server = await testServer({ connectors: [waCloud, smsTwilio] })
})
after(async () => {
  await server.close()
  await twilio.close()
  await meta.close()
})

interface Scene {
  readonly phone: string
  /** Asks for eligibility; the channels in their order. */
  ask(): Promise<{ callId: string; channels: unknown }>
  invite(callId: string): Promise<readonly [status: number, errorCode: unknown]>
  /** The consumer sends a text to the brand's number, by Twilio. */
  says(text: string): Promise<void>
  /** How many messages of ours Meta has taken for the consumer. */
  onWhatsapp(): number
}

/** @param place which of the simulated numbers the brand has: no two brands share one. */
async function scene(place: 0 | 1, settings: Partial<AccountSettings> = {}): Promise<Scene> {
  const { db } = server.deps
  const brand: TestBrand = await testBrand(server, {
    smsConnector: 'sms-twilio',
    smsAddress: simulatedAccount.numbers[place],
    smsSettings: {
      accountSid: simulatedAccount.accountSid,
      apiBaseUrl: twilio.baseUrl,
      lookupsBaseUrl: twilio.baseUrl,
    },
    smsSecrets: { authToken: simulatedAccount.authToken },
    settings,
  })
  const [senderId, templateId] = [randomUUID(), randomUUID()]
  const { phoneNumberId, displayPhoneNumber } = simulatedBusiness.numbers[place]
  const wa = simulatedWaSender(meta.baseUrl, { phoneNumberId })
  await db`
    insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${brand.accountId}, ${senderId}, 'wa-cloud', 'wa', ${`+${displayPhoneNumber}`}, 'WhatsApp', ${db.json(wa.settings as never)})`
  await db`
    insert into templates (account_id, template_id, name, language, status, body, category, sender_id)
    values (${brand.accountId}, ${templateId}, 'spring_offer', 'en_US', 'approved',
      'Hello, our spring offer is here for you.', 'MARKETING', ${senderId})`
  const handoffId = await testHandoff(server, brand.accountId, [
    { channel: 'wa', senderId, templateId },
    { channel: 'sms', senderId: brand.smsSender.senderId, text: 'By text.', optOutLine: '', senderByIvrNumber: {} },
  ])
  const address = brand.smsSender.address
  twilio.inboundUrl(address, server.url + hookPath('sms-twilio', brand.accountId, brand.smsSender.senderId))
  const phone = testPhone()
  meta.persona(phone, 'whatsapp')
  return {
    phone,
    async ask() {
      const body = { consumerPhoneNumber: phone, skill: 'support', handoffId }
      const answer = await callIvr(server, brand, 'eligibility', { body })
      return { callId: String(answer.body.callId), channels: answer.body.availableChannels }
    },
    async invite(callId) {
      const answer = await callIvr(server, brand, 'invite', { body: { callId } })
      return [answer.status, answer.body.errorCode]
    },
    async says(text) {
      const { webhook } = await twilio.consumerSends(phone, address, text)
      assert.equal(webhook?.status, 200, text)
    },
    onWhatsapp: () => meta.accepted.filter(({ consumer }) => consumer === phone).length,
  }
}

test('STOP by text binds WhatsApp too: the invite that was already offered is refused; START undoes it', async () => {
  const { ask, invite, says, onWhatsapp } = await scene(0)
  const offered = await ask()
  assert.deepEqual(offered.channels, ['wa', 'sms'])
  await says('STOP')
  assert.deepEqual(await invite(offered.callId), [400, 1400])
  assert.deepEqual((await ask()).channels, [])
  assert.equal(onWhatsapp(), 0)

  await says('START')
  assert.deepEqual((await ask()).channels, ['wa', 'sms'])
})

test('where the account says so, STOP by text binds texts alone: WhatsApp carries the invite', async () => {
  const { ask, invite, says, onWhatsapp } = await scene(1, { optOutScope: 'channel' })
  await says('STOP')
  const { callId, channels } = await ask()
  assert.deepEqual(channels, ['wa'])
  assert.deepEqual(await invite(callId), [200, undefined])
  assert.equal(onWhatsapp(), 1)
})

test('nothing that we asked of either was against its own description', () => {
  assert.deepEqual([meta.violations, twilio.violations], [[], []])
})
