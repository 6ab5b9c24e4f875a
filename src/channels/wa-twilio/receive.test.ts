import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { hookDoor, publicUrl } from '../../../test/hook-door.ts'
import { twilioStage } from '../../../test/provider-stage.ts'
import {
  type ConsumerExtras,
  consumerPhone,
  outgoing,
  simulatedAccount,
  simulatedWayOut,
  simulatedWhatsappSender,
} from '../../../test/simulators/twilio/index.ts'
import type { HeardMessage } from '../connector.ts'
import { waTwilio } from './index.ts'

const hookUrl = `${publicUrl}/hooks/wa-twilio/12345678/s1`
const own = 'whatsapp:+12065550100'
const inService = 'whatsapp:+12065550101'
const consumer = `whatsapp:${consumerPhone}`
const userId = 'US.13491208655302741918'
const [service] = simulatedAccount.messagingServices

const { simulator, sender: senderWith, http, wayOut } = await twilioStage(simulatedWhatsappSender)
let sender = senderWith()
const { heard } = await hookDoor(waTwilio.hooks!, simulator, () => sender)
for (const to of [own, service.sid]) simulator.inboundUrl(to, hookUrl)

const statusUrl = `${hookUrl}?attempt=${outgoing().attemptToken}`
const send = () => waTwilio.send(outgoing({ statusUrl }), sender, http())
const say = async (text: string, extras: ConsumerExtras = {}, from = consumer, to = own): Promise<HeardMessage> => {
  const { webhook } = await simulator.consumerSends(from, to, text, extras)
  assert.equal(webhook!.status, 200)
  return heard.pop() as HeardMessage
}

test('statuses come back with our token, read included, and read without delivered', async () => {
  await say('hi')
  const words = async () => {
    heard.splice(0)
    const { providerId } = await send()
    await simulator.drain()
    for (const status of heard)
      assert.ok(status.kind === 'status' && status.providerId === providerId && status.attemptToken !== null)
    return heard.map((status) => status.kind === 'status' && status.status)
  }
  assert.deepEqual(await words(), ['sent', 'delivered'])
  simulator.persona(consumerPhone, 'reader')
  assert.deepEqual(await words(), ['sent', 'delivered', 'read'])
  simulator.persona(consumerPhone, 'quick-reader')
  assert.deepEqual(await words(), ['sent', 'read'])
  simulator.persona(consumerPhone, 'mobile')
})

test('who is not on WhatsApp, has blocked the brand, or was written to too late shows in the callback', async () => {
  const failure = async () => {
    await send()
    await simulator.drain()
    const last = heard.at(-1)
    return last?.kind === 'status' ? last.failure : null
  }
  assert.deepEqual(await failure(), { kind: 'window-closed', providerCode: '63016' })
  for (const [persona, kind, providerCode] of [
    ['no-whatsapp', 'not-reachable-here', '63024'],
    ['unknown-to-whatsapp', 'not-reachable-here', '63003'],
    ['blocked-brand', 'opted-out', '63014'],
  ] as const) {
    simulator.persona(consumerPhone, persona)
    assert.deepEqual(await failure(), { kind, providerCode })
  }
  simulator.persona(consumerPhone, 'mobile')
})

test('a consumer is heard by number or by user id, with the other beside it', async () => {
  const byNumber = await say('naïve & 100% ☕', { params: { ExternalUserId: userId } })
  assert.deepEqual(
    [byNumber.from, byNumber.text, byNumber.alsoKnownAs, byNumber.profileName],
    [consumerPhone, 'naïve & 100% ☕', [userId], 'Ann'],
  )
  const byId = await say('hi', { params: { ExternalUserId: userId } }, `whatsapp:${userId}`)
  assert.deepEqual([byId.from, byId.alsoKnownAs], [userId, []])
})

test('plain WhatsApp senders answer no keyword: that is ours; a button says it by its payload', async () => {
  for (const text of ['STOP', 'HELP', 'START']) {
    const { keyword, providerAnswersKeywords } = await say(text)
    assert.deepEqual([keyword, providerAnswersKeywords], [null, false])
  }
  assert.ok(!simulator.journal.some(({ kind }) => kind === 'auto-reply'))
  const pressed = async (ButtonPayload: string) =>
    (await say('Nein danke', { params: { ButtonPayload, ButtonText: 'Nein danke', MessageType: 'button' } })).keyword
  assert.deepEqual(
    [await pressed('STOP'), await pressed('stop'), await pressed('YES'), await pressed('stop-77'), await pressed('')],
    ['stop', 'stop', null, null, null],
  )
})

test('with Advanced Opt-Out Twilio names what it has answered', async () => {
  const before = sender
  sender = senderWith({ messagingServiceSid: service.sid, advancedOptOut: true })
  const words = async (text: string) => {
    const { keyword, providerAnswersKeywords } = await say(text, {}, consumer, inService)
    return [keyword, providerAnswersKeywords]
  }
  assert.deepEqual(await words('STOP'), ['stop', true])
  assert.deepEqual(await words('START'), ['start', true])
  assert.deepEqual(await words('ARRET'), [null, false])
  sender = before
})

test('forged ones are not heard', async () => {
  for (const signature of ['wrong', 'none'] as const) {
    const { webhook } = await simulator.consumerSends(consumer, own, 'x', { signature })
    assert.equal(webhook!.status, 403)
  }
  assert.deepEqual(heard, [])
})

test('a file is fetched from Twilio with our credentials, and from its store without', async () => {
  const base64 = Buffer.from('not really a picture').toString('base64')
  const file = { contentType: 'image/jpeg', base64, baseUrl: simulator.baseUrl }
  const { media, text } = await say('', { media: [file] })
  assert.deepEqual([text, media.length], ['', 1])
  const fetchMedia = (url = media[0]!.url, settings = {}) =>
    waTwilio.fetchMedia!(
      { url, contentType: 'image/jpeg' },
      { ...sender, settings: { ...sender.settings, ...settings } },
      http(),
    )
  assert.deepEqual(await fetchMedia(), { contentType: 'image/jpeg', base64 })
  await assert.rejects(fetchMedia(`${media[0]!.url}0`), { kind: 'content-rejected' })
  await assert.rejects(fetchMedia(undefined, { authToken: 'old' }), { kind: 'misconfigured' })
})

test('our credentials go to no other host and no other account, and a ring of redirects ends', async () => {
  const seen: (string | undefined)[] = []
  const stranger = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(302, { location: '/again' }).end()
  })
  stranger.listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  const origin = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
  try {
    for (const path of ['', `/2010-04-01/Accounts/${simulatedAccount.accountSid}/Messages/MM1/Media/ME1`]) {
      const { http } = simulatedWayOut(origin)
      const asked = waTwilio.fetchMedia!({ url: origin + path, contentType: 'image/png' }, sender, http)
      await assert.rejects(asked, { kind: 'content-rejected' })
    }
    assert.deepEqual(seen, Array(6).fill(undefined))
  } finally {
    stranger.close()
  }
  const other = `${simulator.baseUrl}/2010-04-01/Accounts/AC${'0'.repeat(32)}/Messages/MM1/Media/ME1`
  const { http, exchanges } = wayOut()
  const asked = waTwilio.fetchMedia!({ url: other, contentType: 'image/png' }, sender, http)
  await assert.rejects(asked, { kind: 'content-rejected' })
  // Shown none, Twilio asks who we are.
  assert.deepEqual(
    exchanges.map(({ status }) => status),
    [401],
  )
})
