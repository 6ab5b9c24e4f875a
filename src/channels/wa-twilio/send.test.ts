import assert from 'node:assert/strict'
import { test } from 'node:test'
import { twilioStage } from '../../../test/provider-stage.ts'
import {
  consumerPhone,
  outgoing,
  simulatedAccount,
  simulatedWhatsappSender,
} from '../../../test/simulators/twilio/index.ts'
import type { NewTemplate, Outgoing } from '../connector.ts'
import { find } from './find.ts'
import { send } from './send.ts'
import { templates } from './templates.ts'

const { simulator, sender, http } = await twilioStage(simulatedWhatsappSender)
const [service] = simulatedAccount.messagingServices
const sendOut = (out: Partial<Outgoing> = {}) => send(outgoing(out), sender(), http())
const whatsapp = { consumer: `whatsapp:${consumerPhone}`, sender: 'whatsapp:+12065550100' }
const open = () => simulator.consumerSends(whatsapp.consumer, whatsapp.sender, 'hi')
const ends = async () => {
  await simulator.drain()
  // Nobody answers at that address, so each is told again: counted once.
  const told = simulator.webhooks.filter(({ kind }) => kind === 'status').map(({ params }) => params)
  return [...new Set(told)].map((params) => params.MessageStatus)
}

const template: NewTemplate = {
  name: 'continue_in_chat',
  language: 'en',
  category: 'UTILITY',
  body: 'Hi {{1}}, shall we go on here?',
  header: { kind: 'text', content: 'News for {{1}}' },
  footer: null,
  buttons: [{ kind: 'url', label: 'Open', value: 'https://example.com/{{1}}' }],
  samples: { body: { 1: 'Ann' }, header: { 1: 'you' }, buttons: { 1: '77' } },
}
const variables = { body: { 1: 'Bob' }, header: { 1: 'Ms Lee' }, buttons: { 1: 'k3J9' } }

async function approved(): Promise<string> {
  const { providerTemplateId } = await templates.submit(template, sender(), http())
  simulator.decideContent(providerTemplateId, 'approved')
  return providerTemplateId
}
const asTemplate = (providerTemplateId: string | null): Partial<Outgoing> => ({
  providerTemplateId,
  text: 'Hi Bob, shall we go on here?',
  template: { template: { ...template, templateId: 't1', status: 'approved' }, variables },
})

test('free text goes from WhatsApp address to WhatsApp address while the window is open', async () => {
  await open()
  const { providerId, status } = await sendOut()
  const [accepted] = simulator.accepted
  assert.deepEqual([providerId, status], [accepted!.sid, 'sending'])
  const { to, from, body, statusCallback, validityPeriod } = accepted!
  assert.deepEqual({ to, from, body }, { to: whatsapp.consumer, from: whatsapp.sender, body: outgoing().text })
  assert.deepEqual([statusCallback, validityPeriod], [`${outgoing().statusUrl}#rc=5&rp=all`, 600])
  assert.deepEqual(await ends(), ['sent', 'delivered'])
})

test('a business-scoped user id is written without a plus', async () => {
  await sendOut({ to: 'US.13491208655302741918' })
  assert.equal(simulator.accepted[0]!.to, 'whatsapp:US.13491208655302741918')
})

test('outside the window free text fails with 63016; a day later it is closed again', async () => {
  const last = () => simulator.webhooks.at(-1)!.params.ErrorCode
  await sendOut()
  assert.deepEqual(await ends(), ['sent', 'failed'])
  assert.equal(last(), '63016')
  await open()
  simulator.shiftClock(23 * 3_600_000)
  await sendOut()
  await simulator.drain()
  assert.equal(last(), undefined)
  simulator.shiftClock(3_600_000)
  await sendOut()
  await simulator.drain()
  assert.equal(last(), '63016')
})

test('a template goes as its content, with all variables under one numbering', async () => {
  const sid = await approved()
  await sendOut(asTemplate(sid))
  const [accepted] = simulator.accepted
  assert.equal(accepted!.contentSid, sid)
  assert.deepEqual(JSON.parse(accepted!.contentVariables!), { 1: 'Bob', 2: 'Ms Lee', 3: 'k3J9' })
  assert.equal(accepted!.body, 'Hi Bob, shall we go on here?')
  assert.deepEqual(await ends(), ['sent', 'delivered'])
})

test('a template that lost its approval meanwhile fails and says so', async () => {
  const sid = await approved()
  for (const [word, code] of [
    ['paused', '63041'],
    ['disabled', '63042'],
    ['rejected', '63040'],
  ] as const) {
    simulator.decideContent(sid, word)
    await sendOut(asTemplate(sid))
    await simulator.drain()
    assert.equal(simulator.webhooks.at(-1)!.params.ErrorCode, code)
  }
})

test('without a content at Twilio, or a value, nothing is asked of Twilio', async () => {
  const sid = `HX${'e'.repeat(32)}`
  const { template: given } = asTemplate(sid) as Pick<Outgoing, 'template'>
  const lacking = { ...given!, variables: { ...variables, buttons: {} } }
  for (const out of [asTemplate(null), asTemplate('HX1'), { ...asTemplate(sid), template: lacking }])
    await assert.rejects(sendOut(out), { kind: 'template-rejected', providerCode: null })
  assert.equal(simulator.requests.length, 0)
  await assert.rejects(sendOut(asTemplate(sid)), { kind: 'template-rejected', providerCode: '21655' })
})

test('a file goes by its address, with its caption or without', async () => {
  await open()
  const media = { url: 'https://files.example.com/a.pdf', contentType: 'application/pdf', fileName: 'a.pdf' }
  await sendOut({ media })
  await sendOut({ media, text: '' })
  assert.deepEqual(
    simulator.accepted.map(({ body, mediaUrls }) => [body, mediaUrls]),
    [
      [outgoing().text, [media.url]],
      ['', [media.url]],
    ],
  )
})

test('through a Messaging Service: by its sender for WhatsApp, or the service’s own choice', async () => {
  const byService = sender({ messagingServiceSid: service.sid })
  await send(outgoing(), { ...byService, address: '+12065550101' }, http())
  await send(outgoing(), { ...byService, address: service.sid }, http())
  assert.deepEqual(
    simulator.accepted.map(({ from, messagingServiceSid }) => [from, messagingServiceSid]),
    [
      ['whatsapp:+12065550101', service.sid],
      [null, service.sid],
    ],
  )
})

test('a text whose answer was lost is found by its WhatsApp addresses', async () => {
  await open()
  const since = new Date()
  simulator.fault({ phase: 'api', do: 'cut', accepts: true })
  await assert.rejects(sendOut(), { kind: 'unknown-outcome' })
  const { sid } = simulator.accepted[0]!
  const found = { kind: 'found', providerId: sid, status: 'sending', failure: null }
  assert.deepEqual(await find(outgoing(), since, sender(), http(), new Set()), found)
  assert.deepEqual(await find(outgoing({ to: 'US.13491208655302741918' }), since, sender(), http(), new Set()), {
    kind: 'unsure',
  })
})

test('a template whose answer was lost is found by its text; one that Twilio renders otherwise is unsure, never absent', async () => {
  const out = outgoing(asTemplate(await approved()))
  const since = new Date(Date.now() - 60_000)
  simulator.fault({ phase: 'api', match: { operation: 'create' }, do: 'cut', accepts: true })
  await assert.rejects(send(out, sender(), http()), { kind: 'unknown-outcome' })
  assert.equal((await find(out, since, sender(), http(), new Set())).kind, 'found')
  assert.equal((await find({ ...out, text: 'Another text' }, since, sender(), http(), new Set())).kind, 'unsure')
  // Twilio's rendering rules out no text, so another message of ours is told by its id alone.
  const others = new Set([simulator.accepted.at(-1)!.sid])
  assert.equal((await find({ ...out, text: 'Another text' }, since, sender(), http(), others)).kind, 'absent')
  // The same other text, sent as no template, is certainly not this one.
  assert.equal(
    (await find({ ...out, template: null, text: 'Another' }, since, sender(), http(), new Set())).kind,
    'absent',
  )
})
