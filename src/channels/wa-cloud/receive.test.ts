import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { hookDoor, publicUrl } from '../../../test/hook-door.ts'
import { metaStage } from '../../../test/provider-stage.ts'
import { type MetaSimulator, simulatedBusiness, waConsumer, waOutgoing } from '../../../test/simulators/meta/index.ts'
import type { HeardMessage, HeardStatus } from '../connector.ts'
import { waCloud } from './index.ts'

const [number, otherNumber] = simulatedBusiness.numbers
const hookUrl = `${publicUrl}/hooks/wa-cloud/12345678/s1`
const { simulator, sender, http } = await metaStage()
const door = await hookDoor(waCloud.hooks!, simulator, () => sender())
const { heard } = door

before(async () => {
  assert.equal(await simulator.subscribe(simulatedBusiness.wabaId, hookUrl), true)
  heard.splice(0)
})

const send = (changes: Parameters<typeof waOutgoing>[0] = {}) => waCloud.send(waOutgoing(changes), sender(), http())
const says = (content: Parameters<MetaSimulator['consumerSends']>[2], extras = {}) =>
  simulator.consumerSends(waConsumer, number.phoneNumberId, content, extras)
const statuses = () => heard.map((one) => (one as HeardStatus).status)

test('Meta’s handshake is answered with the bare challenge, and only to the right token', async () => {
  assert.equal(await simulator.subscribe(number.phoneNumberId, hookUrl, 'another-token'), false)
  assert.equal(simulator.webhooks.at(-1)!.status, 403)
  assert.equal(await simulator.subscribe(number.phoneNumberId, hookUrl), true)
  assert.equal(simulator.webhooks.at(-1)!.status, 200)
  assert.deepEqual(heard, [{ kind: 'ignored', why: 'the handshake' }])
})

test('statuses come back with our token, and their time', async () => {
  simulator.persona(waConsumer, 'reader')
  const { providerId } = await send()
  await simulator.drain()
  assert.deepEqual(statuses(), ['sent', 'delivered', 'read'])
  for (const one of heard as HeardStatus[]) {
    assert.deepEqual([one.providerId, one.attemptToken, one.failure], [providerId, waOutgoing().attemptToken, null])
    assert.ok(Math.abs(one.at!.getTime() - Date.now()) < 60_000)
  }
})

test('read may come without delivered, and in milliseconds', async () => {
  simulator.persona(waConsumer, 'reads-at-once')
  simulator.fault({ phase: 'webhook', do: 'milliseconds' })
  await send()
  await simulator.drain()
  assert.deepEqual(statuses(), ['sent', 'read'])
  assert.ok(Math.abs((heard[1] as HeardStatus).at!.getTime() - Date.now()) < 60_000)
})

test('a status that comes before the answer of the send says whose it is', async () => {
  simulator.fault({ phase: 'webhook', do: 'before-answer' })
  simulator.fault({ phase: 'api', do: 'cut', accepts: true })
  await assert.rejects(send(), { kind: 'unknown-outcome' })
  assert.deepEqual(
    heard.map((one) => (one as HeardStatus).attemptToken),
    [waOutgoing().attemptToken, waOutgoing().attemptToken],
  )
})

test('that somebody is not on WhatsApp, has stopped, or may not be written to shows later', async () => {
  for (const [persona, template, kind, providerCode] of [
    ['no-whatsapp', 'continue_in_chat', 'not-reachable-here', '131026'],
    ['experiment', 'continue_in_chat', 'refused-for-now', '130472'],
    ['marketing-limited', 'spring_offer', 'refused-for-now', '131049'],
    ['marketing-stopped', 'spring_offer', 'opted-out', '131050'],
  ] as const) {
    heard.splice(0)
    simulator.persona(waConsumer, persona)
    const { variables, template: invite } = waOutgoing().template!
    const offer = { ...invite, name: 'spring_offer', body: 'Hello, our spring offer is here for you.', buttons: [] }
    await send(template === 'spring_offer' ? { template: { template: offer, variables } } : {})
    await simulator.drain()
    const [failed] = heard as HeardStatus[]
    assert.deepEqual([failed!.status, failed!.failure], ['failed', { kind, providerCode }], persona)
  }
})

test('free text is refused later once 24 hours have passed since the consumer wrote', async () => {
  await says('Hello')
  await send({ template: null })
  simulator.shiftClock(24 * 3_600_000 - 1_000)
  await send({ template: null })
  simulator.shiftClock(2_000)
  await send({ template: null })
  await simulator.drain()
  const failed = heard.filter((one) => one.kind === 'status' && one.status === 'failed') as HeardStatus[]
  assert.deepEqual(
    failed.map((one) => one.failure),
    [{ kind: 'window-closed', providerCode: '131047' }],
  )
})

test('one request can bring messages and statuses for several numbers and accounts; each finds its own', async () => {
  await send()
  await says('one', { queued: true })
  await says({ type: 'hologram', part: {} }, { queued: true })
  await simulator.consumerSends(waConsumer, otherNumber.phoneNumberId, 'for another', { queued: true })
  simulator.decide(simulatedBusiness.wabaId, 'spring_offer', 'PAUSED', { title: 'FIRST_PAUSE' })
  const before = door.hooks
  await simulator.drainTogether()
  assert.equal(door.hooks, before + 1)
  assert.deepEqual(
    heard.map((one) => (one.kind === 'message' ? one.text : one.kind)),
    ['status', 'status', 'one', '[hologram]', 'ignored', 'template'],
  )
})

test('what is not answered with 200 comes again, the same', async () => {
  door.status = 503
  await says('once only')
  assert.deepEqual([heard.length, simulator.pending], [0, 1])
  await simulator.drain()
  assert.equal(simulator.pending, 1)
  door.status = 200
  await simulator.drain()
  assert.deepEqual([heard.length, simulator.pending], [1, 0])
  const bodies = simulator.webhooks.map(({ body }) => body)
  assert.equal(new Set(bodies).size, 1)
})

test('signs that Meta escapes come through whole; a forged or unsigned call is refused', async () => {
  const text = 'naïve ☕ 👍 "x" </script> \u2028 \\u00e9'
  await says(text)
  assert.match(simulator.webhooks.at(-1)!.body, /na\\u00efve .*<\\\/script>/)
  assert.equal((heard[0] as HeardMessage).text, text)
  for (const signature of ['wrong', 'none'] as const)
    assert.equal((await says('x', { signature })).webhook!.status, 403)
  assert.equal(heard.length, 1)
})

test('a consumer is their number, with their user id beside it; with a user name the id alone', async () => {
  const identity = () => {
    const { from, alsoKnownAs, profileName } = heard.splice(0)[0] as HeardMessage
    return { from, alsoKnownAs, profileName }
  }
  await says('x')
  assert.deepEqual(identity(), { from: waConsumer, alsoKnownAs: undefined, profileName: 'Sheena Nelson' })
  simulator.persona(waConsumer, 'with-user-id')
  await says('x')
  const userId = 'US.13491208655302741918'
  assert.deepEqual(identity(), { from: waConsumer, alsoKnownAs: [userId], profileName: 'Sheena Nelson' })
  simulator.persona(waConsumer, 'username-only')
  await says('x', { name: '' })
  assert.deepEqual(identity(), { from: userId, alsoKnownAs: undefined, profileName: null })
  simulator.persona(waConsumer, 'other-wa-id')
  await says('x')
  assert.equal(identity().from, '+5511987654321')
})

test('every type of message says something to the agent', async () => {
  const rows: readonly (readonly [string, unknown, string, (string | null)?])[] = [
    ['button', { text: 'No, thanks', payload: 'STOP' }, 'No, thanks', 'stop'],
    ['button', { text: 'Aide', payload: 'HELP' }, 'Aide', 'help'],
    ['button', { text: 'Yes', payload: 'YES' }, 'Yes'],
    ['button', { payload: 'only-payload' }, 'only-payload'],
    ['interactive', { type: 'button_reply', button_reply: { id: 'START', title: 'Again' } }, 'Again', 'start'],
    ['interactive', { type: 'list_reply', list_reply: { id: 'r1', title: 'Row' } }, 'Row'],
    ['interactive', { type: 'nfm_reply', nfm_reply: { body: 'Sent' } }, '[form Sent]'],
    ['interactive', { type: 'call_permission_reply' }, '[interactive call_permission_reply]'],
    ['image', { caption: 'no id' }, '[image] no id'],
    ['video', {}, '[video]'],
    ['location', { latitude: 52.1, longitude: 4.3 }, '[location 52.1, 4.3]'],
    [
      'contacts',
      [{ name: { formatted_name: 'Ann' } }, { phones: [{ wa_id: '4470' }] }],
      '[contact Ann]\n[contact 4470]',
    ],
    ['contacts', 'x', '[contact]'],
    ['reaction', { message_id: 'wamid.x' }, '[reaction removed]'],
    ['order', { text: 'soon please', product_items: [] }, '[order] soon please'],
    ['system', { type: 'customer_identity_changed', body: 'New phone' }, '[system New phone]'],
    ['system', { type: 'user_changed_number', new_wa_id: '12195555358' }, '[changed number to +12195555358]'],
    ['unsupported', undefined, '[unsupported]'],
    ['x y', {}, '[unknown message]'],
    ['constructor', undefined, '[constructor]'],
  ]
  for (const [type, part, text, keyword = null] of rows) {
    heard.splice(0)
    await says(part === undefined ? { type } : { type, part })
    const message = heard[0] as HeardMessage
    assert.deepEqual([message.text, message.keyword, message.providerAnswersKeywords], [text, keyword, false], type)
  }
})

test('WhatsApp’s own stop and resume are opt-outs', async () => {
  await simulator.consumerPrefers(waConsumer, number.phoneNumberId, 'stop')
  simulator.persona(waConsumer, 'username-only')
  await simulator.consumerPrefers(waConsumer, number.phoneNumberId, 'resume')
  assert.deepEqual(
    heard.map((one) => one.kind === 'opt-out' && [one.from, one.resume, one.evidence]),
    [
      [waConsumer, false, 'User requested to stop marketing messages'],
      ['US.13491208655302741918', true, 'User requested to resume marketing messages'],
    ],
  )
})

test('approvals of templates are heard, with the reason for a no', async () => {
  const decide = (...rest: [Parameters<MetaSimulator['decide']>[2], Parameters<MetaSimulator['decide']>[3]?]) =>
    simulator.decide(simulatedBusiness.wabaId, 'continue_in_chat', ...rest)
  decide('APPROVED')
  decide('REJECTED', { reason: 'PROMOTIONAL' })
  decide('PAUSED', { title: 'SECOND_PAUSE', description: 'For 6 hours.' })
  decide('DISABLED')
  await simulator.drain()
  assert.deepEqual(
    heard.map((one) => one.kind === 'template' && [one.template.status, one.template.reason]),
    [
      ['approved', null],
      ['rejected', 'PROMOTIONAL'],
      ['paused', 'SECOND_PAUSE: For 6 hours.'],
      ['disabled', 'DISABLED'],
    ],
  )
})
