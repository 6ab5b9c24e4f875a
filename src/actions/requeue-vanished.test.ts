import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { outcome, type RoutingStage, routingStage } from '../../test/routing-stage.ts'
import { atomic } from '../store/db.ts'
import { seePresences } from '../store/presences.ts'
import { updateUser } from '../store/users.ts'
import { acceptOffer } from './accept-offer.ts'
import { requeueVanished } from './requeue-vanished.ts'
import { setPresence } from './set-presence.ts'
import { takeConversation } from './take-conversation.ts'

let stage: RoutingStage
before(async () => {
  stage = await routingStage()
})
after(() => stage.close())

const statusOf = async (userId: string) =>
  (await stage.db`select status from presences where user_id = ${userId}`)[0]!.status

test('an agent who gives no sign of life for a minute is offline, and what they had waits again', async () => {
  const brand = await stage.brand()
  const anna = await stage.person(brand)
  const bert = await stage.person(brand)
  const one = await stage.conversation(brand)
  const two = await stage.conversation(brand)
  await takeConversation(stage.deps, anna, one.conversationId)
  await takeConversation(stage.deps, bert, two.conversationId)
  await stage.vanish(anna)
  await requeueVanished(stage.deps, null)
  assert.equal(await statusOf(anna.userId), 'offline')
  const row = await stage.row(brand, one)
  assert.deepEqual([row.state, row.ownerId, row.returnedFor, row.preferred], ['queued', null, 'vanished', anna.userId])
  assert.equal((await stage.row(brand, two)).ownerId, bert.userId)
  await setPresence(stage.deps, anna, 'online')
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).offeredTo, anna.userId, 'back, and the first to be asked')
  assert.equal(await outcome(acceptOffer(stage.deps, anna, one.conversationId)), 'done')
})

test('a sign of life in the last moment keeps everything', async () => {
  const brand = await stage.brand()
  const anna = await stage.person(brand)
  const one = await stage.conversation(brand)
  await takeConversation(stage.deps, anna, one.conversationId)
  await stage.vanish(anna)
  await seePresences(stage.db, [anna])
  await requeueVanished(stage.deps, null)
  assert.equal(await statusOf(anna.userId), 'online')
  assert.equal((await stage.row(brand, one)).ownerId, anna.userId)
})

test('who goes offline gives back what they have, who goes away keeps it', async () => {
  const brand = await stage.brand()
  const anna = await stage.person(brand)
  const one = await stage.conversation(brand)
  await takeConversation(stage.deps, anna, one.conversationId)
  await setPresence(stage.deps, anna, 'away')
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).ownerId, anna.userId)
  await setPresence(stage.deps, anna, 'offline')
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).state, 'queued')
  assert.equal(await outcome(takeConversation(stage.deps, anna, one.conversationId)), 'agent-offline')
})

test('a person who is disabled holds nothing', async () => {
  const brand = await stage.brand()
  const anna = await stage.person(brand)
  const one = await stage.conversation(brand)
  await takeConversation(stage.deps, anna, one.conversationId)
  await atomic(stage.db, (tx) => updateUser(tx, brand.accountId, anna.userId, { enabled: false }))
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).state, 'queued')
})

test('a sign of life of somebody who is offline does not bring them back', async () => {
  const brand = await stage.brand()
  const anna = await stage.person(brand, { presence: 'offline' })
  await seePresences(stage.db, [anna])
  assert.equal(await statusOf(anna.userId), 'offline')
})

test('each change of a presence is told to the pages, and none that changes nothing', async () => {
  const brand = await stage.brand()
  const anna = await stage.person(brand, { presence: 'offline' })
  const told = async () =>
    (await stage.db`select 1 from events where account_id = ${brand.accountId} and kind = 'agent'`).length
  const before = await told()
  for (const [n, status] of (['online', 'online', 'away', 'offline', 'offline', 'online'] as const).entries()) {
    await setPresence(stage.deps, anna, status)
    assert.equal((await told()) - before, [1, 1, 2, 3, 3, 4][n], `${n}: ${status}`)
  }
})
