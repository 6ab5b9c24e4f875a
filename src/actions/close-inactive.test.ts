import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type RoutingStage, routingStage } from '../../test/routing-stage.ts'
import type { TestBrand } from '../../test/test-brand.ts'
import type { TestConversation } from '../../test/test-conversation.ts'
import type { UserCaller } from '../domain/caller.ts'
import { closeConversation } from './close-conversation.ts'
import { closeInactive } from './close-inactive.ts'
import { reply } from './reply.ts'
import { takeConversation } from './take-conversation.ts'

let stage: RoutingStage
before(async () => {
  stage = await routingStage()
})
after(() => stage.close())

const answer = (by: UserCaller, { conversationId }: TestConversation) =>
  reply(stage.deps, by, conversationId, { kind: 'text', text: 'It is on its way.', clientId: 'one' })

/** A brand whose support asks how it was and closes after an hour, and a conversation that its agent has answered. */
async function answered(change: Record<string, unknown> = { survey_on: true, close_after_minutes: 60 }) {
  const brand = await stage.brand()
  await stage.configure(brand, 'skills', change, brand.skills.support)
  const anna = await stage.person(brand)
  const one = await stage.conversation(brand)
  await takeConversation(stage.deps, anna, one.conversationId)
  await answer(anna, one)
  return { brand, anna, one }
}
const surveyOf = async ({ conversationId }: { conversationId: string }) => {
  const [row] = await stage.db`select score, answered_at from surveys where conversation_id = ${conversationId}`
  return row === undefined ? null : row.score
}
const last = async (brand: TestBrand) => (await stage.rows(brand)).at(-1)!

test('silence after an answer closes a conversation, the skill’s time before the account’s', async () => {
  const { brand, one } = await answered({ close_after_minutes: 60 })
  await stage.configure(brand, 'settings', { close_after_minutes: 10 })
  await stage.minutesPass(one, 59)
  await closeInactive(stage.deps)
  assert.equal((await stage.row(brand, one)).state, 'assigned')
  await stage.minutesPass(one, 2)
  await closeInactive(stage.deps)
  const row = await stage.row(brand, one)
  assert.deepEqual([row.state, row.ownerId, row.closedBy], ['closed', null, 'system'])
})

test('the account’s time counts where the skill has none, and none closes nothing', async () => {
  const { brand, one } = await answered({})
  await stage.minutesPass(one, 50_000)
  await closeInactive(stage.deps)
  assert.equal((await stage.row(brand, one)).state, 'assigned')
  await stage.configure(brand, 'settings', { close_after_minutes: 10 })
  await closeInactive(stage.deps)
  assert.equal((await stage.row(brand, one)).state, 'closed')
})

test('a consumer who waits for an answer is never closed', async () => {
  const { brand, one } = await answered()
  await stage.minutesPass(one, 61)
  await stage.hear(brand, one.phone, 'It has not come')
  await stage.minutesPass(one, 500)
  await closeInactive(stage.deps)
  assert.equal((await stage.row(brand, one)).state, 'assigned')
})

test('a message that came after the answer waits, however early its provider says it was written', async () => {
  const { brand, one } = await answered()
  await stage.hear(brand, one.phone, 'Please help me', new Date(Date.now() - 60_000))
  await stage.minutesPass(one, 500)
  await closeInactive(stage.deps)
  assert.equal((await stage.row(brand, one)).state, 'assigned')
})

test('after closing the consumer is asked; a number is the answer and no new conversation, a correction too', async () => {
  const { brand, anna, one } = await answered()
  await closeConversation(stage.deps, anna, one.conversationId)
  assert.match((await stage.told(one.phone)).join(), /1 \(bad\) to 5/)
  await stage.hear(brand, one.phone, '4, thanks!')
  assert.equal(await surveyOf(one), 4)
  await stage.hear(brand, one.phone, '5')
  assert.equal(await surveyOf(one), 5)
  assert.equal((await stage.rows(brand)).length, 1)
  const bodies = await stage.db`
    select body from messages where conversation_id = ${one.conversationId} and direction = 'in' order by message_number`
  assert.deepEqual(
    bodies.slice(1).map((row) => row.body),
    ['4, thanks!', '5'],
  )
})

test('what is no number opens a conversation, and then a number is a message of it', async () => {
  const { brand, anna, one } = await answered()
  await closeConversation(stage.deps, anna, one.conversationId)
  await stage.hear(brand, one.phone, '2 of my bills are wrong')
  assert.equal((await stage.rows(brand)).length, 2)
  await stage.hear(brand, one.phone, '5')
  assert.equal(await surveyOf(one), null)
  assert.equal((await stage.rows(brand)).length, 2)
})

test('a number after another conversation is no answer to the question before it', async () => {
  const { brand, anna, one } = await answered()
  await stage.configure(brand, 'settings', { default_skill_id: brand.skills.sales })
  await closeConversation(stage.deps, anna, one.conversationId)
  const bert = await stage.person(brand, { skills: [brand.skills.sales] })
  await stage.hear(brand, one.phone, 'Which seats are free?')
  const second = await last(brand)
  await takeConversation(stage.deps, bert, second.conversationId)
  await closeConversation(stage.deps, bert, second.conversationId)
  await stage.hear(brand, one.phone, '2')
  assert.equal(await surveyOf(one), null)
  assert.deepEqual(
    (await stage.rows(brand)).map(({ state }) => state),
    ['closed', 'closed', 'queued'],
  )
})

test('a number after a day answers nothing any more', async () => {
  const { brand, anna, one } = await answered()
  await closeConversation(stage.deps, anna, one.conversationId)
  await stage.db`
    update surveys set asked_at = asked_at - interval '25 hours', answerable_until = answerable_until - interval '25 hours'
    where conversation_id = ${one.conversationId}`
  await stage.hear(brand, one.phone, '5')
  assert.equal(await surveyOf(one), null)
  assert.notEqual((await last(brand)).conversationId, one.conversationId)
})

test('nobody is asked whom nobody has answered, where the survey is off, or who has stopped', async () => {
  const brand = await stage.brand()
  await stage.configure(brand, 'skills', { survey_on: true }, brand.skills.support)
  const manager = await stage.person(brand, { role: 'agent-manager', skills: [] })
  const unheard = await stage.conversation(brand)
  await closeConversation(stage.deps, manager, unheard.conversationId)
  assert.deepEqual(await stage.told(unheard.phone), [])

  const off = await answered({ survey_on: false })
  await closeConversation(stage.deps, off.anna, off.one.conversationId)
  assert.deepEqual(await stage.told(off.one.phone), [])

  const stopped = await answered()
  await stage.hear(stopped.brand, stopped.one.phone, 'STOP')
  const told = await stage.told(stopped.one.phone)
  await closeConversation(stage.deps, stopped.anna, stopped.one.conversationId)
  assert.deepEqual(await stage.told(stopped.one.phone), told)
  assert.equal(await surveyOf(stopped.one), null)
})
