import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CrashStage, crashStage, inboundUrl } from '../crash-stage.ts'
import { callIvr } from '../ivr-client.ts'
import type { ServerProcess } from '../server-process.ts'

/** Words of `reliability` CO-01, dressed as consumers dress them. */
const stops = [
  'STOP',
  'stop',
  ' Stop. ',
  'STOP ALL',
  'Unsubscribe',
  'CANCEL!',
  'ＳＴＯＰ',
  'opt-out',
  'Arrêt',
  'STOP\u00a0',
]
const noStops = ['please do not stop', 'Stop calling me names', 'cancel my order please', 'The end of the line']

test('CO-01, CO-03, CO-06: a consumer’s STOP by a real webhook binds every path, over a kill of the server; START undoes it', {
  timeout: 180_000,
}, async (t) => {
  const stage = await crashStage(t)
  let server = await stage.start()
  const { address } = stage.brand.smsSender
  await stage.twilio.call('inboundUrl', address, inboundUrl(server, stage.brand))
  const say = async (phone: string, text: string) => {
    const { webhook } = await stage.twilio.call('consumerSends', phone, address, text)
    assert.equal(webhook?.status, 200, text)
  }
  const optedOut = async (phone: string) =>
    (await stage.db`select 1 from opt_outs where address = ${phone} and lifted_at is null`).length > 0

  // CO-06: one invite waits for its next try, another is with Twilio, when the STOP comes.
  const waiting = await stage.call(server)
  await stage.twilio.call('fault', {
    ...{ phase: 'api', do: 'error', status: 429, retryAfter: '3', match: { operation: 'create', to: waiting.phone } },
  } as const)
  assert.equal((await stage.invite(server, waiting))?.status, 200)
  assert.equal((await stage.attempt(waiting)).state, 'accepted')
  const inFlight = await stage.call(server)
  await stage.twilio.call('fault', { phase: 'api', do: 'hold', accepts: true, match: { to: inFlight.phone } })
  const asking = stage.invite(server, inFlight)
  await stage.until('a request with Twilio', 10_000, async () => (await stage.copies(inFlight.phone)).length === 1)
  const notAsked = await stage.call(server)
  for (const call of [waiting, inFlight, notAsked]) await say(call.phone, 'STOP')

  await stage.kill(server)
  assert.equal(await asking, null)
  await stage.twilio.call('release')
  server = await stage.start()
  assert.deepEqual(await eligible(stage, server, waiting.phone), [])
  const refused = await stage.invite(server, notAsked)
  assert.deepEqual([refused?.status, refused?.body.errorCode], [400, 1400])
  await stage.until('the waiting one ends', 60_000, async () => (await stage.attempt(waiting)).state === 'opted-out')
  assert.equal((await stage.copies(waiting.phone)).length, 0)

  // CO-01: the words, and what only looks like them.
  const consumers = [...stops, ...noStops].map((text, index) => ({ text, phone: `+1415555${2_000 + index}` }))
  for (const { phone, text } of consumers) await say(phone, text)
  for (const { phone, text } of consumers) {
    assert.equal(await optedOut(phone), stops.includes(text), JSON.stringify(text))
    assert.deepEqual(await eligible(stage, server, phone), stops.includes(text) ? [] : ['sms'], JSON.stringify(text))
  }
  // One confirmation at most, Twilio's or ours.
  const journal = await stage.twilio.read('journal')
  for (const { phone, text } of consumers) {
    const said = journal.filter(({ kind, to }) => kind !== 'inbound' && to === phone)
    assert.ok(said.length <= 1, `${text}: ${said.length} confirmations`)
  }

  // CO-03: HELP is answered all the same, START undoes it, and the invite goes out again.
  const back = consumers[0]!
  await say(back.phone, 'HELP')
  assert.equal(await optedOut(back.phone), true)
  await say(back.phone, 'START')
  assert.equal(await optedOut(back.phone), false)
  const call = await stage.call(server, back.phone)
  assert.equal((await stage.invite(server, call))?.status, 200)
  await say(back.phone, 'YES')
  assert.equal(await optedOut(back.phone), false)

  await stage.until('the one in flight is known', 60_000, async () => (await stage.attempt(inFlight)).state === 'sent')
  // The one that waited and the one that was refused; the one in flight and the one after START.
  assert.deepEqual((await stage.compare()).states, { 'opted-out': 2, sent: 2 })
})

async function eligible(stage: CrashStage, server: ServerProcess, phone: string): Promise<unknown> {
  const { brand } = stage
  const body = { consumerPhoneNumber: phone, handoffId: brand.handoffId, skill: 'support' }
  return (await callIvr(server, brand, 'eligibility', { body })).body.availableChannels
}
