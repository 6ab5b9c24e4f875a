import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type RoutingStage, routingStage } from '../../test/routing-stage.ts'
import type { TestBrand } from '../../test/test-brand.ts'
import { testPhone } from '../../test/test-phone.ts'
import type { Clock } from '../domain/clock.ts'
import { closeConversation } from './close-conversation.ts'
import { takeConversation } from './take-conversation.ts'
import { tellOpening } from './tell-opening.ts'
import { tellWaiting } from './tell-waiting.ts'

/** Monday noon in UTC; a test moves it. */
const clock: Clock & { at: Date } = {
  at: new Date('2026-03-02T12:00:00Z'),
  now: () => clock.at,
  monotonic: () => performance.now(),
}
let stage: RoutingStage
before(async () => {
  stage = await routingStage({ clock })
})
after(() => stage.close())

const office = { timeZone: 'UTC', weekly: { mon: [{ from: '09:00', to: '17:00' }] }, holidays: [] }
const texts = { firstAnswer: 'We have it.', outOfHours: 'We are closed.', waiting: 'Not forgotten.' }

/** A brand that answers consumers who were never invited, with these texts. */
async function talking(settings: Record<string, unknown>, skill: Record<string, unknown> = {}): Promise<TestBrand> {
  const brand = await stage.brand()
  await stage.configure(brand, 'settings', { default_skill_id: brand.skills.support, texts: settings })
  await stage.configure(brand, 'skills', skill, brand.skills.support)
  return brand
}

test('a new conversation is answered once, in the skill’s words', async () => {
  const brand = await talking(texts, { texts: { firstAnswer: 'Support has it.' } })
  const phone = testPhone()
  await stage.hear(brand, phone, 'Hello')
  await stage.hear(brand, phone, 'Hello?')
  assert.deepEqual(await stage.told(phone), ['Support has it.'])
})

test('a skill that is silent, and a brand without texts, say nothing', async () => {
  const silent = await talking(texts, { texts: { firstAnswer: '' } })
  const mute = await talking({})
  for (const brand of [silent, mute]) {
    const phone = testPhone()
    await stage.hear(brand, phone, 'Hello')
    assert.deepEqual(await stage.told(phone), [])
  }
})

test('out of hours the text comes once, and the conversation waits; next night once more', async () => {
  const brand = await talking(texts, { hours: { ...office, weekly: { ...office.weekly, tue: office.weekly.mon } } })
  const phone = testPhone()
  clock.at = new Date('2026-03-02T20:00:00Z')
  await stage.hear(brand, phone, 'Hello')
  await stage.hear(brand, phone, 'Hello?')
  assert.deepEqual(await stage.told(phone), ['We are closed.'])
  const [row] = await stage.rows(brand)
  assert.equal(row!.state, 'queued')
  clock.at = new Date('2026-03-03T12:00:00Z')
  await stage.hear(brand, phone, 'And now?')
  assert.deepEqual(await stage.told(phone), ['We are closed.'])
  // The database's own clock knows nothing of the test's: the text was told before the second evening.
  await stage.db`update auto_texts set at = '2026-03-02T20:00:00Z' where conversation_id = ${row!.conversationId}`
  clock.at = new Date('2026-03-03T20:00:00Z')
  await stage.hear(brand, phone, 'Still?')
  assert.deepEqual(await stage.told(phone), ['We are closed.', 'We are closed.'])
  clock.at = new Date('2026-03-02T12:00:00Z')
})

test('a conversation that an agent has gets no automatic text', async () => {
  const brand = await talking(texts, { hours: { timeZone: 'UTC', weekly: {}, holidays: [] } })
  const anna = await stage.person(brand)
  const one = await stage.conversation(brand)
  await takeConversation(stage.deps, anna, one.conversationId)
  await stage.hear(brand, one.phone, 'Thanks')
  assert.deepEqual(await stage.told(one.phone), [])
})

test('who waits for so many minutes is told once; out of hours, or once taken, not', async () => {
  const brand = await talking(texts)
  await stage.configure(brand, 'settings', { waiting_after_minutes: 5 })
  const phone = testPhone()
  await stage.hear(brand, phone, 'Hello')
  const [one] = await stage.rows(brand)
  const began = async (minutes: number) =>
    stage.db`
      update conversations set queued_at = now() - make_interval(mins => ${minutes})
      where conversation_id = ${one!.conversationId}`
  await began(4)
  await tellWaiting(stage.deps)
  assert.deepEqual(await stage.told(phone), ['We have it.'])
  await began(6)
  await stage.configure(brand, 'skills', { hours: { timeZone: 'UTC', weekly: {}, holidays: [] } }, brand.skills.support)
  await tellWaiting(stage.deps)
  assert.deepEqual(await stage.told(phone), ['We have it.'])
  await stage.configure(brand, 'skills', { hours: null }, brand.skills.support)
  await tellWaiting(stage.deps)
  await tellWaiting(stage.deps)
  assert.deepEqual(await stage.told(phone), ['We have it.', 'Not forgotten.'])
})

test('several workers that look at once tell it once', async () => {
  const brand = await talking({ waiting: 'Not forgotten.' })
  await stage.configure(brand, 'settings', { waiting_after_minutes: 5 })
  for (let round = 0; round < 5; round += 1) {
    const one = await stage.conversation(brand, { minutesAgo: 10 })
    await Promise.all([1, 2, 3].map(() => tellWaiting(stage.deps)))
    assert.deepEqual(await stage.told(one.phone), ['Not forgotten.'])
  }
})

test('who cannot be told now holds up nobody behind them', async () => {
  const brand = await talking({ waiting: 'Not forgotten.' })
  await stage.configure(brand, 'settings', { waiting_after_minutes: 5 })
  await stage.configure(brand, 'skills', { hours: { timeZone: 'UTC', weekly: {}, holidays: [] } }, brand.skills.sales)
  const one = await stage.conversation(brand, { minutesAgo: 60 })
  await stage.db`
    insert into conversations (account_id, conversation_id, channel, sender_id, address, skill_id, state, queued_at)
    select ${brand.accountId}, gen_random_uuid(), 'sms', ${brand.smsSender.senderId}, '+1206' || (1000000 + n),
      ${brand.skills.sales}, 'queued', now() - interval '20 minutes'
    from generate_series(1, 1001) n`
  await tellWaiting(stage.deps)
  assert.deepEqual(await stage.told(one.phone), ['Not forgotten.'])
})

test('agents’ pages hear that a skill opens and closes, within the minute', async () => {
  const brand = await talking({}, { hours: office })
  const heard = async (time: string) => {
    clock.at = new Date(time)
    await stage.db`delete from events where account_id = ${brand.accountId}`
    await tellOpening(stage.deps, 40)
    return (await stage.db`select 1 from events where account_id = ${brand.accountId} and kind = 'skill'`).length
  }
  assert.equal(await heard('2026-03-02T08:59:59Z'), 0)
  assert.equal(await heard('2026-03-02T09:00:20Z'), 1)
  assert.equal(await heard('2026-03-02T12:00:00Z'), 0)
  assert.equal(await heard('2026-03-02T17:00:10Z'), 1)
  clock.at = new Date('2026-03-02T12:00:00Z')
})

test('two robots run dry: one that answers whatever we say, however often it is closed', async () => {
  const brand = await talking(texts, { survey_on: true })
  const anna = await stage.person(brand)
  const phone = testPhone()
  const spoken: number[] = []
  for (let round = 0; round < 12; round += 1) {
    await stage.hear(brand, phone, `Automatic answer ${round}`)
    const open = (await stage.rows(brand)).find((row) => row.state !== 'closed')!
    await takeConversation(stage.deps, anna, open.conversationId)
    await closeConversation(stage.deps, anna, open.conversationId)
    spoken.push((await stage.told(phone)).length)
    // Each round takes an hour and more.
    if (round >= 3)
      await stage.db`
        update messages set created_at = created_at - interval '61 minutes' where address = ${phone} and kind = 'auto'`
  }
  assert.equal(spoken[3], 3, 'three in an hour')
  assert.ok(spoken.at(-1)! <= 10, `ten in a day, not ${spoken.at(-1)}`)
  await stage.hear(brand, phone, 'STOP')
  assert.match((await stage.told(phone)).at(-1)!, /no more messages/, 'STOP is confirmed all the same')
})
