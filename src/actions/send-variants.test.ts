import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { inviteBy, invitedRows, type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import { type TestBrand, testHandoff } from '../../test/test-brand.ts'
import { testCall } from '../../test/test-call.ts'
import { testPhone } from '../../test/test-phone.ts'
import type { HandoffChannel } from '../domain/handoff.ts'
import { chooseVariant } from '../domain/variant.ts'

let stage: SendingStage
before(async () => {
  stage = await sendingStage({ env: { INVITE_DEADLINE_MS: '15000' } })
})
after(() => stage.close())

const variants = [
  { name: 'short', weight: 1, text: 'Write to us.' },
  { name: 'polite', weight: 1, text: 'Thank you for calling, {{1}}.' },
]
const smsOf = (brand: TestBrand): HandoffChannel => ({
  ...{ channel: 'sms', senderId: brand.smsSender.senderId, text: variants[0]!.text, variants },
  ...{ optOutLine: '', senderByIvrNumber: {} },
})
const variables = { body: { 1: 'Ada' }, header: {}, buttons: {} }

/** One call more of this consumer, invited; what went out and which variant the call says. */
async function invited(brand: TestBrand, handoffId: string, phone: string, overrideMessage?: string) {
  const { deps } = stage.server
  const { callId } = await testCall(stage.server, brand, { phone, handoffId, variables })
  await inviteBy(deps, brand, callId, overrideMessage === undefined ? {} : { overrideMessage })
  const { call, messages } = await invitedRows(deps, brand, callId)
  return { variant: call.variant as string | null, text: messages.at(-1)!.body as string, call }
}

test('each consumer gets one of the texts, the same at every call; a text of the IVR’s own is none of them', async () => {
  const brand = await stage.brand()
  const handoffId = await testHandoff(stage.server, brand.accountId, [smsOf(brand)])
  const phones = variants.map(({ name }) => {
    for (;;) {
      const phone = testPhone()
      if (chooseVariant(handoffId, phone, variants)!.name === name) return phone
    }
  })
  const [short, polite] = phones as [string, string]
  for (let again = 0; again < 2; again += 1) {
    assert.deepEqual(await invited(brand, handoffId, short).then(({ variant, text }) => [variant, text]), [
      'short',
      'Write to us.',
    ])
    assert.deepEqual(await invited(brand, handoffId, polite).then(({ variant, text }) => [variant, text]), [
      'polite',
      'Thank you for calling, Ada.',
    ])
  }
  const own = await invited(brand, handoffId, polite, 'We have your claim.')
  assert.deepEqual(
    [own.variant, own.text, own.call.override_message],
    [null, 'We have your claim.', 'We have your claim.'],
  )
  const plain = await invited(brand, brand.handoffId, polite)
  assert.equal(plain.variant, null)
})

test('WhatsApp sends the template of the variant; one that may not go leaves its consumers to the others', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const [senderId, one, other] = [randomUUID(), randomUUID(), randomUUID()]
  const { accountId } = brand
  await deps.db`
    insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${accountId}, ${senderId}, 'wa-plain', 'wa', ${`+1${accountId}`}, 'WhatsApp', ${deps.db.json({ baseUrl: stage.provider.url })})`
  for (const [templateId, name] of [
    [one, 'one'],
    [other, 'other'],
  ] as const)
    await deps.db`
      insert into templates (account_id, template_id, name, language, status, body)
      values (${accountId}, ${templateId}, ${name}, 'en', 'approved', ${`Template ${name}`})`
  const two = [
    { name: 'A', weight: 1, templateId: one },
    { name: 'B', weight: 1, templateId: other },
  ]
  const handoffId = await testHandoff(stage.server, accountId, [
    { channel: 'wa', senderId, templateId: one, variants: two },
    smsOf(brand),
  ])
  let phone = testPhone()
  while (chooseVariant(handoffId, phone, two)!.name !== 'B') phone = testPhone()
  const way = async () => {
    const { callId } = await testCall(stage.server, brand, { phone, handoffId, channels: ['wa', 'sms'] })
    await inviteBy(deps, brand, callId)
    const { call } = await invitedRows(deps, brand, callId)
    return [call.channel, call.variant, call.template_id]
  }
  assert.deepEqual(await way(), ['wa', 'B', other])
  await deps.db`update templates set status = 'paused' where template_id = ${other}`
  deps.accounts.drop(accountId)
  assert.deepEqual(await way(), ['wa', 'A', one])
  await deps.db`update templates set status = 'paused' where template_id = ${one}`
  deps.accounts.drop(accountId)
  const [channel, variant] = await way()
  assert.equal(channel, 'sms')
  assert.ok(variants.some(({ name }) => name === variant))
})
