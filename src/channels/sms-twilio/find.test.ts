import assert from 'node:assert/strict'
import { test } from 'node:test'
import { twilioStage } from '../../../test/provider-stage.ts'
import { outgoing, simulatedAccount } from '../../../test/simulators/twilio/index.ts'
import type { Outgoing } from '../connector.ts'
import { find } from './find.ts'
import { send } from './send.ts'

const { simulator, sender, http } = await twilioStage()
const service = simulatedAccount.messagingServices[0].sid
const look = (since: Date, out: Partial<Outgoing> = {}, settings = {}, others: readonly string[] = []) =>
  find(outgoing(out), since, sender(settings), http(), new Set(others))
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)

/** A create whose answer is lost: Twilio has the message, we do not know. */
async function loseAnswer(out: Partial<Outgoing> = {}, settings = {}): Promise<string> {
  simulator.fault({ phase: 'api', do: 'cut', accepts: true })
  await assert.rejects(send(outgoing(out), sender(settings), http()), { kind: 'unknown-outcome' })
  return simulator.accepted.at(-1)!.sid
}

test('a create whose answer was lost is found, queued or delivered', async () => {
  const since = new Date()
  const sid = await loseAnswer()
  assert.deepEqual(await look(since), { kind: 'found', providerId: sid, status: 'sending', failure: null })
  await simulator.drain()
  assert.deepEqual(await look(since), { kind: 'found', providerId: sid, status: 'delivered', failure: null })
})

test('one that failed meanwhile is found with its reason', async () => {
  const since = new Date()
  simulator.persona(outgoing().to, 'landline')
  const sid = await loseAnswer()
  await simulator.drain()
  const failure = { kind: 'not-reachable-here', providerCode: '30006' }
  assert.deepEqual(await look(since), { kind: 'found', providerId: sid, status: 'failed', failure })
})

test('also through a Messaging Service, whether or not its number is named', async () => {
  const since = new Date()
  const byService = { ...sender({ messagingServiceSid: service }), address: service }
  simulator.fault({ phase: 'api', do: 'cut', accepts: true })
  await assert.rejects(send(outgoing(), byService, http()), { kind: 'unknown-outcome' })
  const found = await find(outgoing(), since, byService, http(), new Set())
  assert.equal(found.kind === 'found' && found.providerId, simulator.accepted[0]!.sid)
  // The same text by the service's number is not what a sender with a number of its own has sent.
  assert.equal((await look(minutesAgo(2))).kind, 'absent')
})

test('nothing there is unsure for 15 seconds and absent after', async () => {
  const since = new Date()
  assert.deepEqual(await look(since), { kind: 'unsure' })
  simulator.shiftClock(13_000)
  assert.deepEqual(await look(since), { kind: 'unsure' })
  simulator.shiftClock(3_000)
  assert.deepEqual(await look(since), { kind: 'absent' })
})

test('other consumers, other texts, inbound messages and old sends are not it', async () => {
  await send(outgoing({ to: '+12065550177' }), sender(), http())
  await send(outgoing({ text: 'Something else' }), sender(), http())
  await simulator.consumerSends(outgoing().to, simulatedAccount.numbers[0], outgoing().text)
  simulator.shiftClock(-3_600_000)
  await send(outgoing(), sender(), http())
  await simulator.drain()
  simulator.shiftClock(3_600_000)
  assert.deepEqual(await look(minutesAgo(2)), { kind: 'absent' })
  // Twilio's own answer to HELP goes to the consumer too, but was not sent by us.
  await simulator.consumerSends(outgoing().to, simulatedAccount.numbers[0], 'HELP')
  const { body } = simulator.journal.at(-1)!
  assert.deepEqual(await look(minutesAgo(2), { text: body }), { kind: 'absent' })
})

test('two that fit, or one that only a difference of clocks explains, are unsure', async () => {
  const since = minutesAgo(2)
  await loseAnswer()
  await loseAnswer()
  assert.deepEqual(await look(since), { kind: 'unsure' })
  simulator.reset()
  await loseAnswer()
  assert.deepEqual(await look(new Date(Date.now() + 120_000)), { kind: 'unsure' })
})

test('those that are known to be other messages of ours are left out', async () => {
  const since = minutesAgo(2)
  const first = await loseAnswer()
  assert.deepEqual(await look(since, {}, {}, [first]), { kind: 'absent' })
  const second = await loseAnswer()
  const found = await look(since, {}, {}, [first])
  assert.equal(found.kind === 'found' && found.providerId, second)
})

test('a trial account’s preface and encoded quotes do not hide the text; a redacted one is unsure', async () => {
  const since = minutesAgo(2)
  const text = 'It’s “ready” — go'
  await send(outgoing({ text: 'Sent from your Twilio trial account - It\'s "ready" - go' }), sender(), http())
  assert.equal((await look(since, { text })).kind, 'found')
  simulator.reset()
  const message = await redactedList()
  assert.deepEqual(await look(since, { text: 'whatever' }), { kind: 'unsure' }, message)
})

/** The list shows the message without its text, as accounts that keep no texts have it. */
async function redactedList(): Promise<string> {
  await loseAnswer()
  const answer = await fetch(`${simulator.baseUrl}/2010-04-01/Accounts/${simulatedAccount.accountSid}/Messages.json`, {
    headers: { authorization: `Basic ${btoa(`${simulatedAccount.accountSid}:${simulatedAccount.authToken}`)}` },
  })
  const { messages } = (await answer.json()) as { messages: object[] }
  const fields = { messages: messages.map((message) => ({ ...message, body: '' })) }
  simulator.fault({ phase: 'api', match: { operation: 'list' }, times: 2, do: 'patch', fields })
  return 'redacted'
}

test('pages are read to the end, but not without end, and only of our own list', async () => {
  const since = minutesAgo(2)
  for (let index = 0; index < 55; index++) await send(outgoing({ text: `Other ${index}` }), sender(), http())
  simulator.shiftClock(-60_000)
  const sid = await loseAnswer()
  await simulator.drain()
  simulator.shiftClock(60_000)
  const found = await look(since)
  assert.equal(found.kind === 'found' && found.providerId, sid)

  const endless = `/2010-04-01/Accounts/${simulatedAccount.accountSid}/Messages.json?Page=1&PageSize=50`
  simulator.fault({
    phase: 'api',
    match: { operation: 'list' },
    times: 9,
    do: 'patch',
    fields: { next_page_uri: endless },
  })
  const before = simulator.requests.length
  assert.deepEqual(await look(since), { kind: 'unsure' })
  assert.ok(simulator.requests.length - before <= 6)
  simulator.clearFaults()

  for (const next_page_uri of ['http://127.0.0.1:9/', '//127.0.0.1:9/', '/2010-04-01/Accounts/AC1/Messages.json?', 7]) {
    simulator.fault({ phase: 'api', match: { operation: 'list' }, times: 2, do: 'patch', fields: { next_page_uri } })
    assert.deepEqual(await look(since), { kind: 'unsure' })
    simulator.clearFaults()
  }
})

test('a list that makes no sense is unsure; one that is refused says why', async () => {
  const list = { operation: 'list' } as const
  for (const body of ['<html>', '{}', '{"messages": 7}', '{"messages": [7, null, {"to": 1}]}']) {
    simulator.fault({ phase: 'api', match: list, times: 2, do: 'raw', status: 200, body })
    assert.deepEqual(await look(minutesAgo(0)), { kind: 'unsure' }, body)
  }
  simulator.fault({ phase: 'api', match: list, do: 'error', status: 429 })
  await assert.rejects(look(new Date()), { kind: 'throttled' })
  simulator.fault({ phase: 'api', match: list, do: 'cut', accepts: false })
  await assert.rejects(look(new Date()), { kind: 'unknown-outcome' })
  assert.equal(simulator.accepted.length, 0, 'looking never sends')
})
