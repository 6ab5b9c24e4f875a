import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AdminStage, adminStage, refused } from '../../../test/admin-stage.ts'
import { defaultSkillWork } from '../../domain/skill.ts'

let stage: AdminStage
before(async () => {
  stage = await adminStage()
})
after(() => stage.close())

test('skills: added engaged, renamed in the handoffs too, switched, disabled', async () => {
  const { brand, call, config } = stage
  const added = await call('POST', '/skills', { name: 'refunds' })
  assert.equal(added.status, 201)
  assert.deepEqual([added.body.enabled, added.body.engaged], [true, true])
  const { skillId } = added.body
  const handoff = await call('POST', '/handoffs', {
    title: 'Refunds',
    channels: [{ channel: 'sms', sender: brand.smsSender.senderId, text: 'Reply.' }],
    skills: ['refunds'],
  })
  assert.equal(handoff.status, 201, JSON.stringify(handoff.body))

  await call('PATCH', `/skills/${skillId}`, { name: 'returns' })
  assert.deepEqual((await config()).handoffs.get(handoff.body.handoffId)!.skills, ['returns'])
  await call('PATCH', `/skills/${skillId}`, { engaged: false })
  assert.equal((await config()).skillsByName.get('returns')!.engaged, false)
  await call('PATCH', `/skills/${skillId}`, { engaged: true, enabled: false })
  assert.deepEqual((await config()).skillsByName.get('returns'), {
    skillId,
    name: 'returns',
    enabled: false,
    engaged: true,
    ...defaultSkillWork,
  })

  const twice = await call('POST', '/skills', { name: 'returns' })
  assert.equal(twice.status, 409)
  assert.deepEqual(twice.body.details, ['A skill of this name exists already.'])
  refused(await call('POST', '/skills', { name: 'two\nlines' }), /on one line/)
  refused(await call('POST', '/skills', { name: '   ' }), /must not be empty/)
  refused(await call('POST', '/skills', { name: 'x'.repeat(256) }), /255/)
})

test('skills: how their conversations are worked on, checked and merged', async () => {
  const { call, config } = stage
  const hours = {
    timeZone: 'Europe/Paris',
    weekly: { mon: [{ from: '09:00', to: '18:00' }] },
    holidays: [{ date: '2026-12-25', name: 'Noël', open: [] }],
  }
  const work = { routing: 'offer', offerSeconds: 20, priority: 3, hours, surveyOn: true, closeAfterMinutes: 90 }
  const added = await call('POST', '/skills', { name: 'orders', ...work, texts: { waiting: 'Please wait.' } })
  assert.equal(added.status, 201, JSON.stringify(added.body))
  const { skillId } = added.body
  const changed = await call('PATCH', `/skills/${skillId}`, { priority: 4, texts: { survey: '' } })
  assert.deepEqual(changed.body, {
    ...{ skillId, name: 'orders', enabled: true, engaged: true, ...work, priority: 4 },
    texts: { firstAnswer: null, outOfHours: null, waiting: 'Please wait.', survey: '' },
  })
  const { skillId: _id, ...stored } = (await config()).skills.get(skillId)!
  assert.deepEqual({ skillId, ...stored }, changed.body)
  const rows: [unknown, RegExp][] = [
    [{ routing: 'random' }, /pull, offer/],
    [{ offerSeconds: 1 }, /5 to 600 seconds/],
    [{ priority: 101 }, /-100 to 100/],
    [{ closeAfterMinutes: 0 }, /1 to 43200/],
    [{ hours: { ...hours, timeZone: 'Moon/Crater' } }, /time zone/],
    [{ hours: { ...hours, weekly: { mon: [{ from: '18:00', to: '09:00' }] } } }, /later one/],
    [{ hours: { ...hours, weekly: { moon: [] } } }, /moon/],
    [{ texts: { waiting: 'a\u0007' } }, /control/],
    [{ texts: { greeting: 'Hi' } }, /greeting/],
  ]
  for (const [body, sentence] of rows)
    refused(await call('PATCH', `/skills/${skillId}`, body), sentence, JSON.stringify(body))
  const cleared = await call('PATCH', `/skills/${skillId}`, { hours: null, closeAfterMinutes: null })
  assert.deepEqual([cleared.body.hours, cleared.body.closeAfterMinutes], [null, null])
})

test('settings: checked, merged, and seen by the next request', async () => {
  const { brand, call, config } = stage
  const saved = await call('PATCH', '/settings', {
    channels: ['wa', 'sms'],
    defaultSkill: 'sales',
    quietHours: { from: '21:00', to: '08:00', timeZone: 'America/New_York' },
    consumerCap: { invites: 2, hours: 24 },
    optOutScope: 'channel',
    texts: { firstAnswer: 'We are on it.' },
    closeAfterMinutes: 120,
    agentCapacity: 3,
  })
  assert.equal(saved.status, 200, JSON.stringify(saved.body))
  assert.deepEqual((await config()).settings!.channels, ['wa', 'sms'])
  assert.equal((await config()).settings!.defaultSkillId, brand.skills.sales)
  const cleared = await call('PATCH', '/settings', {
    quietHours: null,
    defaultSkill: null,
    texts: { waiting: 'Soon.' },
  })
  assert.deepEqual(cleared.body.texts, {
    firstAnswer: 'We are on it.',
    outOfHours: null,
    waiting: 'Soon.',
    survey: null,
  })
  assert.deepEqual([cleared.body.closeAfterMinutes, cleared.body.agentCapacity], [120, 3])
  assert.deepEqual([cleared.body.quietHours, cleared.body.defaultSkill, cleared.body.rateLimit], [null, null, 30])
  const rows: [unknown, RegExp][] = [
    [{ channels: ['sms', 'sms'] }, /Each channel can be named once/],
    [{ channels: ['fax'] }, /sms, wa, inapp/],
    [{ rateLimit: 0 }, /1 to 10000/],
    [{ rateLimit: 1.5 }, /must be integer/],
    [{ defaultSkill: 'magic' }, /default skill must be/],
    [{ quietHours: { from: '25:00', to: '08:00', timeZone: 'Europe/London' } }, /like 21:00/],
    [{ quietHours: { from: '21:00', to: '08:00', timeZone: 'Moon/Crater' } }, /time zone/],
    [{ quietHours: { from: '21:00', to: '08:00', timeZone: '+02:00' } }, /time zone/],
    [{ consumerCap: { invites: 0, hours: 24 } }, /1 to 1000 invites/],
    [{ agentCapacity: 1_001 }, /0 to 1000 conversations/],
    [{ closeAfterMinutes: 0 }, /1 to 43200 minutes/],
    [{ waitingAfterMinutes: 0 }, /1 to 1440 minutes/],
    [{ texts: { outOfHours: 'x'.repeat(1_601) } }, /1600/],
    [{ speed: 'fast' }, /"speed"/],
  ]
  for (const [body, sentence] of rows) refused(await call('PATCH', '/settings', body), sentence, JSON.stringify(body))
})

test('of two changes at once none is lost', async () => {
  const { call, config } = stage
  const names = Array.from({ length: 8 }, (_, index) => `raced ${index}`)
  const answers = await Promise.all(names.map((name) => call('POST', '/skills', { name })))
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([201]))
  const known = (await config()).skillsByName
  for (const name of names) assert.ok(known.has(name))
})
