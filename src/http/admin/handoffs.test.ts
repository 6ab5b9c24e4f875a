import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AdminStage, adminStage, newNumber, refused } from '../../../test/admin-stage.ts'

let stage: AdminStage
before(async () => {
  stage = await adminStage()
})
after(() => stage.close())

test('handoffs: every rule has its sentence', async () => {
  const { brand, other, call, server } = stage
  const sender = brand.smsSender.address
  const { db } = server.deps
  const [approved, paused] = ['approved_one', 'paused_one']
  for (const [name, status] of [
    [approved, 'approved'],
    [paused, 'paused'],
  ]) {
    await db`insert into templates (account_id, template_id, name, language, status, body)
      values (${brand.accountId}, gen_random_uuid(), ${name!}, 'en', ${status!}, 'Hello')`
  }
  await call('POST', '/senders', {
    connector: 'wa-simulator',
    address: newNumber(),
    title: 'WhatsApp',
    settings: { secret: 'a-secret-of-the-simulator' },
  })
  const listed = (await call('GET', '/senders')).body.senders as { channel: string; senderId: string }[]
  const wa = listed.find((one) => one.channel === 'wa')!.senderId
  const sms = { channel: 'sms', sender, text: 'Reply.' }
  const app = { channel: 'inapp', senders: ['App'], title: 'T', text: 'X' }
  let number = 0
  const post = (change: Record<string, unknown>) => {
    number += 1
    return call('POST', '/handoffs', { title: `Rules ${number}`, channels: [sms], ...change })
  }
  const rows: [string, Record<string, unknown>, RegExp][] = [
    ['angle bracket', { title: 'a <b>' }, /must not contain < or >/],
    ['empty title', { title: '  ' }, /must not be empty/],
    ['59 minutes', { lookbackMinutes: 59 }, /must be 60 to 43200 minutes/],
    ['31 days', { lookbackMinutes: 43_201 }, /must be 60 to 43200 minutes/],
    ['29 seconds', { inviteTtlSeconds: 29 }, /must be 30 to 86400 seconds/],
    ['no channel', { channels: [] }, /at least one channel/],
    ['channel twice', { channels: [sms, sms] }, /Each channel can be named once/],
    ['in-app with another', { channels: [sms, app] }, /In-app excludes the other channels/],
    ['four apps', { channels: [{ ...app, senders: ['a', 'b', 'c', 'd'] }] }, /1 to 3 apps/],
    ['no app', { channels: [{ ...app, senders: [] }] }, /1 to 3 apps/],
    ['unknown sender', { channels: [{ ...sms, sender: '+1999' }] }, /There is no sender "\+1999"/],
    ['other brand', { channels: [{ ...sms, sender: other.smsSender.senderId }] }, /There is no sender/],
    ['wrong channel', { channels: [{ ...sms, sender: wa }] }, /is not of the channel SMS/],
    ['empty text', { channels: [{ ...sms, text: ' ' }] }, /SMS text must not be empty/],
    ['long with its line', { channels: [{ ...sms, text: 'x'.repeat(1590) }] }, /exceed 1600 characters together/],
    ['IVR number', { channels: [{ ...sms, senderByIvrNumber: { '0800': '+1999' } }] }, /There is no sender "\+1999"/],
    ['long IVR number', { channels: [{ ...sms, senderByIvrNumber: { ['9'.repeat(33)]: sender } }] }, /1 to 32/],
    ['unknown template', { channels: [{ channel: 'wa', sender: wa, template: 'none' }] }, /no template "none"/],
    ['paused template', { channels: [{ channel: 'wa', sender: wa, template: paused }] }, /is not approved/],
    ['unknown skill', { skills: ['magic'] }, /There is no skill "magic"/],
    ['no skill at all', { skills: [] }, /list of skills is empty/],
    ['template on sms', { channels: [{ ...sms, template: approved }] }, /\(sms\) has no field "template"/],
    ['sms without text', { channels: [{ channel: 'sms', sender }] }, /\(sms\) must have the field "text"/],
    ['unknown field', { colour: 'red' }, /"colour"/],
    ['unknown channel', { channels: [{ channel: 'fax' }] }, /sms, wa, inapp/],
    ['unknown way', { openConversation: 'maybe' }, /refuse, continue/],
    ['not a number', { lookbackMinutes: '60' }, /must be integer/],
  ]
  for (const [what, change, sentence] of rows) refused(await post(change), sentence, what)

  const good = await post({
    channels: [
      { channel: 'wa', sender: wa, template: approved },
      { ...sms, text: 'x'.repeat(141) },
    ],
    skills: ['support'],
    openConversation: 'continue',
    lookbackMinutes: 60,
  })
  assert.equal(good.status, 201, JSON.stringify(good.body))
  assert.match(good.body.handoffId, /^H[0-9]{15}$/)
  assert.equal(good.body.warnings.length, 1)
  assert.match(good.body.warnings[0], /141 characters; more than 140/)
  const twice = await call('POST', '/handoffs', { title: good.body.title, channels: [sms] })
  refused(twice, /title exists already/)
})

test('handoffs: what was read can be sent back, a part can be changed, and one can be switched off', async () => {
  const { brand, call, config } = stage
  const path = `/handoffs/${brand.handoffId}`
  const { handoffId: _id, warnings: _none, ...read } = (await call('GET', path)).body
  const same = await call('PATCH', path, read)
  assert.equal(same.status, 200, JSON.stringify(same.body))
  const changed = await call('PATCH', path, { lookbackMinutes: 90 })
  assert.deepEqual(
    { ...changed.body, warnings: 0, handoffId: 0 },
    { ...read, lookbackMinutes: 90, warnings: 0, handoffId: 0 },
  )
  await call('PATCH', path, { enabled: false })
  assert.equal((await config()).handoffs.get(brand.handoffId)!.enabled, false)
  await call('PATCH', path, { enabled: true })
  assert.equal((await config()).handoffs.get(brand.handoffId)!.enabled, true)
  const listed = await call('GET', '/handoffs')
  assert.ok(listed.body.handoffs.some((one: { handoffId: string }) => one.handoffId === brand.handoffId))
})
