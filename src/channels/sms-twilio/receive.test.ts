import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hookDoor, publicUrl } from '../../../test/hook-door.ts'
import { twilioStage } from '../../../test/provider-stage.ts'
import { consumerPhone, outgoing, simulatedAccount } from '../../../test/simulators/twilio/index.ts'
import type { HeardMessage, RawHook } from '../connector.ts'
import { smsTwilio } from './index.ts'

const [number] = simulatedAccount.numbers
const [service] = simulatedAccount.messagingServices
const { parse } = smsTwilio.hooks!
const hookUrl = `${publicUrl}/hooks/sms-twilio/12345678/s1`

const { simulator, sender: senderWith, http } = await twilioStage()
let sender = senderWith()
const door = await hookDoor(smsTwilio.hooks!, simulator, () => sender)
const { heard } = door
for (const to of [number, service.sid]) simulator.inboundUrl(to, `${hookUrl}#rc=1`)

const statusUrl = `${hookUrl}?attempt=${outgoing().attemptToken}`
const send = () => smsTwilio.send(outgoing({ statusUrl }), sender, http())

test('statuses come back with our token, signed for the public address', async () => {
  const { providerId } = await send()
  await simulator.drain()
  const status = { kind: 'status', providerId, attemptToken: outgoing().attemptToken, failure: null, at: null }
  assert.deepEqual(heard, [
    { ...status, status: 'sent' },
    { ...status, status: 'delivered' },
  ])
  assert.deepEqual(new Set(simulator.webhooks.map((record) => record.status)), new Set([200]))
})

test('a status that our door could not take is told again', async () => {
  door.status = 503
  const { providerId } = await send()
  await simulator.advance(1)
  assert.deepEqual([door.hooks, heard.length], [6, 0], 'once, and five times more')
  door.status = 200
  await simulator.drain()
  assert.deepEqual([heard.length, heard[0]!.kind === 'status' && heard[0]!.providerId], [1, providerId])
})

test('a status that comes before the answer of the send says whose it is', async () => {
  simulator.fault({ phase: 'webhook', do: 'before-answer' })
  simulator.fault({ phase: 'api', do: 'hold', accepts: true })
  const sent = send()
  while (heard.length < 2) await new Promise((resolve) => setTimeout(resolve, 2))
  assert.deepEqual(
    heard.map((item) => item.kind === 'status' && item.attemptToken),
    [outgoing().attemptToken, outgoing().attemptToken],
  )
  simulator.release()
  assert.equal((await sent).providerId, (heard[0] as { providerId: string }).providerId)
})

test('an unsubscribed consumer shows at the send, or through a service in the callback', async () => {
  simulator.persona(consumerPhone, 'opted-out')
  await assert.rejects(send(), { kind: 'opted-out', providerCode: '21610' })
  const out = outgoing({ statusUrl })
  const byService = senderWith({ messagingServiceSid: service.sid })
  await smsTwilio.send(out, { ...byService, address: service.sid }, http())
  await simulator.drain()
  const [failed] = heard
  assert.ok(failed?.kind === 'status' && failed.status === 'failed')
  assert.deepEqual(failed.failure, { kind: 'opted-out', providerCode: '21610' })
  simulator.persona(consumerPhone, 'mobile')
})

test('messages come in whole: text, media, JSON, strange signs', async () => {
  const media = [{ url: 'https://api.twilio.com/media/1', contentType: 'image/png' }]
  await simulator.consumerSends(consumerPhone, number, 'naïve & 100% ☕ + "x"', { media })
  await simulator.consumerSends(consumerPhone, number, 'nul\0l', { json: true })
  const messages = heard as HeardMessage[]
  assert.deepEqual(
    messages.map(({ text, from }) => [text, from]),
    [
      ['naïve & 100% ☕ + "x"', consumerPhone],
      ['null', consumerPhone],
    ],
  )
  assert.deepEqual(messages[0]!.media, media)
})

test('forged ones are not heard (WF-01)', async () => {
  for (const signature of ['wrong', 'none'] as const) {
    const { webhook } = await simulator.consumerSends(consumerPhone, number, 'x', { signature, times: 1 })
    assert.equal(webhook!.status, 403)
  }
  assert.deepEqual(heard, [])
})

test('who answers a keyword: Twilio for its own words alone, us for the rest (CO-01)', async () => {
  const answered = async (text: string) => {
    await simulator.consumerSends(consumerPhone, number, text)
    return (heard.pop() as HeardMessage).providerAnswersKeywords
  }
  const twilios = [
    'STOP',
    'stop',
    ' Stop ',
    'STOP.',
    'Stop!',
    'ＳＴＯＰ',
    'stop\u00a0',
    'stop 🛑',
    'STOPALL',
    'UNSUBSCRIBE',
    'CANCEL',
    'END',
  ]
  for (const text of [
    ...twilios,
    'QUIT',
    'REVOKE',
    'OPTOUT',
    'OPT-OUT',
    'STOP ALL',
    'START',
    'yes',
    'UNSTOP',
    'help',
    'INFO',
  ])
    assert.equal(await answered(text), true, text)
  for (const text of ['ARRET', 'REMOVE', 'please stop', 'stop it', 'cancel my order please', '', '🛑', 'Hello'])
    assert.equal(await answered(text), false, text)
})

test('with Advanced Opt-Out Twilio names what it answered; what it does not name it has not answered', async () => {
  const plain = sender
  sender = senderWith({ messagingServiceSid: service.sid, advancedOptOut: true })
  const say = async (text: string, params: Record<string, string> = {}) => {
    await simulator.consumerSends(consumerPhone, '+12065550101', text, { params })
    const { keyword, providerAnswersKeywords } = heard.pop() as HeardMessage
    return [keyword, providerAnswersKeywords]
  }
  assert.deepEqual(await say('STOP'), ['stop', true])
  assert.deepEqual(await say('START'), ['start', true])
  assert.deepEqual(await say('HELP'), ['help', true])
  assert.deepEqual(await say('basta', { OptOutType: 'STOP' }), ['stop', true])
  assert.deepEqual(await say('STOP', { OptOutType: '' }), [null, false])
  assert.deepEqual(await say('x', { OptOutType: 'toString' }), [null, false])
  sender = plain
})

test('parameters may be called anything and come twice', () => {
  const sid = `SM${'b2'.repeat(16)}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const hook = (body: string): RawHook => ({ method: 'POST', url: `${publicUrl}/x`, headers, body: Buffer.from(body) })
  const base = `MessageSid=${sid}&SmsStatus=received&From=%2B12065550123`
  const text = (body: string) => (parse(hook(body), sender)[0] as HeardMessage).text
  assert.equal(text(`${base}&Body=a&Body=b&__proto__=x&constructor=y&toString=`), 'a')
  assert.equal(text(`${base}&Body=%ff%fe%00`), '\ufffd\ufffd')
  assert.deepEqual(parse(hook(`${base}&Body=x&NumMedia=1e9&MediaUrl0=file:///etc/passwd`), sender)[0], {
    kind: 'message',
    providerId: sid,
    from: '+12065550123',
    text: 'x',
    media: [],
    at: null,
    keyword: null,
    providerAnswersKeywords: false,
  })
  const token = (query: string) =>
    (
      parse({ ...hook(`MessageSid=${sid}&MessageStatus=sent`), url: `${publicUrl}/x?${query}` }, sender)[0] as {
        attemptToken: unknown
      }
    ).attemptToken
  assert.deepEqual(
    [token('attempt=a-b_9'), token('attempt='), token('attempt=a%20b'), token('')],
    ['a-b_9', null, null, null],
  )
})
