import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { outcome, type RoutingStage, routingStage } from '../../test/routing-stage.ts'
import type { TestBrand } from '../../test/test-brand.ts'
import { viewQueue } from '../store/conversation-views.ts'
import { acceptOffer } from './accept-offer.ts'
import { closeConversation } from './close-conversation.ts'
import { declineOffer } from './decline-offer.ts'
import { readConversation } from './read-conversation.ts'
import { requeueConversation } from './requeue-conversation.ts'
import { saveSkill } from './save-skill.ts'
import { setPresence } from './set-presence.ts'
import { takeConversation } from './take-conversation.ts'

let stage: RoutingStage
before(async () => {
  stage = await routingStage()
})
after(() => stage.close())

/** A brand whose support offers. */
async function offering(): Promise<TestBrand> {
  const brand = await stage.brand()
  await stage.configure(brand, 'skills', { routing: 'offer' }, brand.skills.support)
  return brand
}
const offers = (brand: TestBrand) =>
  stage.db<{ user_id: string; outcome: string | null }[]>`
    select user_id, outcome from conversation_offers where account_id = ${brand.accountId} order by offered_at`

test('what waits is offered, accepted in time, and owned', async () => {
  const brand = await offering()
  const anna = await stage.person(brand)
  const bert = await stage.person(brand, { presence: 'away' })
  const one = await stage.conversation(brand)
  await stage.sweep(brand)
  const row = await stage.row(brand, one)
  assert.deepEqual([row.state, row.ownerId, row.offeredTo], ['queued', null, anna.userId])
  assert.equal(await outcome(takeConversation(stage.deps, bert, one.conversationId)), 'not-offered')
  assert.equal(await outcome(acceptOffer(stage.deps, bert, one.conversationId)), 'not-offered')
  assert.equal(await outcome(acceptOffer(stage.deps, anna, one.conversationId)), 'done')
  assert.equal(await outcome(acceptOffer(stage.deps, anna, one.conversationId)), 'done', 'the second click')
  assert.equal(await outcome(acceptOffer(stage.deps, bert, one.conversationId)), 'already-taken')
  const owned = await stage.row(brand, one)
  assert.deepEqual([owned.state, owned.ownerId, owned.offeredTo], ['assigned', anna.userId, null])
  assert.deepEqual(
    (await offers(brand)).map(({ user_id, outcome }) => [user_id, outcome]),
    [[anna.userId, 'accepted']],
  )
})

test('where conversations are offered nobody picks their own', async () => {
  const brand = await offering()
  const anna = await stage.person(brand)
  const manager = await stage.person(brand, { role: 'agent-manager', skills: [] })
  const one = await stage.conversation(brand)
  assert.equal(await outcome(takeConversation(stage.deps, anna, one.conversationId)), 'not-offered')
  assert.equal(await outcome(takeConversation(stage.deps, manager, one.conversationId)), 'done')
})

test('a declined offer passes on, and comes back after a minute', async () => {
  const brand = await offering()
  const anna = await stage.person(brand)
  const bert = await stage.person(brand, { capacity: 1 })
  const one = await stage.conversation(brand)
  await stage.sweep(brand)
  const first = (await stage.row(brand, one)).offeredTo === anna.userId ? anna : bert
  const second = first === anna ? bert : anna
  assert.equal(await outcome(declineOffer(stage.deps, second, one.conversationId)), 'not-offered')
  assert.equal(await outcome(declineOffer(stage.deps, first, one.conversationId)), 'done')
  assert.equal(await outcome(declineOffer(stage.deps, first, one.conversationId)), 'done', 'the second click')
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).offeredTo, second.userId)
  assert.equal(await outcome(declineOffer(stage.deps, second, one.conversationId)), 'done')
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).offeredTo, null, 'both have passed')
  await stage.restEnds(brand)
  await stage.sweep(brand)
  assert.notEqual((await stage.row(brand, one)).offeredTo, null)
})

test('a countdown that runs out passes the offer on; accepting then is too late', async () => {
  const brand = await offering()
  const anna = await stage.person(brand)
  const one = await stage.conversation(brand)
  await stage.sweep(brand)
  await stage.countdownEnds(one)
  assert.equal(await outcome(acceptOffer(stage.deps, anna, one.conversationId)), 'not-offered')
  const bert = await stage.person(brand)
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).offeredTo, bert.userId)
  assert.deepEqual(
    (await offers(brand)).map((offer) => offer.outcome),
    ['expired', null],
  )
})

test('who goes away loses the offer, and an offer holds its place', async () => {
  const brand = await offering()
  const anna = await stage.person(brand, { capacity: 1 })
  const one = await stage.conversation(brand, { minutesAgo: 5 })
  const two = await stage.conversation(brand)
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).offeredTo, anna.userId, 'who waits longest')
  assert.equal((await stage.row(brand, two)).offeredTo, null, 'the offer takes the only place')
  await setPresence(stage.deps, anna, 'away')
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).offeredTo, null)
  await setPresence(stage.deps, anna, 'online')
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).offeredTo, anna.userId, 'it was withdrawn, not declined')
})

test('priority goes before waiting; what was given back keeps the consumer’s place', async () => {
  const brand = await offering()
  await stage.configure(brand, 'skills', { routing: 'offer', priority: 5 }, brand.skills.billing)
  const anna = await stage.person(brand, { skills: [brand.skills.support, brand.skills.billing], capacity: 1 })
  const old = await stage.conversation(brand, { minutesAgo: 60 })
  const urgent = await stage.conversation(brand, { skillId: brand.skills.billing })
  await stage.db`update conversations set priority = 5 where conversation_id = ${urgent.conversationId}`
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, urgent)).offeredTo, anna.userId)
  await acceptOffer(stage.deps, anna, urgent.conversationId)
  assert.equal(await outcome(requeueConversation(stage.deps, anna, urgent.conversationId)), 'done')
  const returned = await stage.row(brand, urgent)
  assert.deepEqual([returned.state, returned.ownerId, returned.returnedFor], ['queued', null, 'requeued'])
  const [places] = await stage.db`
    select c.queued_at = m.created_at as same from conversations c join messages m using (account_id, conversation_id)
    where c.conversation_id = ${urgent.conversationId} and m.direction = 'in'`
  assert.equal(places!.same, true)
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, old)).offeredTo, anna.userId, 'who gave it back is not offered it at once')
})

test('the agent who talked to the consumer last is preferred while online, of a pull skill too', async () => {
  const brand = await stage.brand()
  const anna = await stage.person(brand)
  const bert = await stage.person(brand)
  const one = await stage.conversation(brand)
  await takeConversation(stage.deps, anna, one.conversationId)
  await closeConversation(stage.deps, anna, one.conversationId)
  await stage.hear(brand, one.phone, 'One more thing')
  await stage.sweep(brand)
  const again = (await stage.rows(brand)).at(-1)!
  assert.notEqual(again.conversationId, one.conversationId)
  assert.deepEqual([again.preferred, again.offeredTo], [anna.userId, anna.userId])
  assert.equal(await outcome(takeConversation(stage.deps, bert, again.conversationId)), 'not-offered')
  await stage.countdownEnds(again)
  assert.equal(await outcome(takeConversation(stage.deps, bert, again.conversationId)), 'done')
})

test('what waits in a skill that was disabled is taken by hand, since nobody is offered it', async () => {
  const brand = await offering()
  const anna = await stage.person(brand)
  const one = await stage.conversation(brand)
  await stage.configure(brand, 'skills', { enabled: false }, brand.skills.support)
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).offeredTo, null)
  const { acts } = await readConversation(stage.deps, anna, one.conversationId)
  assert.equal(acts.find(({ act }) => act === 'take')!.refusal, null)
  assert.equal(await outcome(takeConversation(stage.deps, anna, one.conversationId)), 'done')
})

test('a skill that is given another priority gives it to those who wait, in the queue that agents see too', async () => {
  const brand = await stage.brand()
  const { support, sales } = brand.skills
  const administrator = await stage.person(brand, { role: 'administrator', presence: 'offline' })
  for (const skillId of [support, sales]) await stage.configure(brand, 'skills', { routing: 'offer' }, skillId)
  const older = await stage.conversation(brand, { skillId: support, minutesAgo: 20 })
  const urgent = await stage.conversation(brand, { skillId: sales, minutesAgo: 10 })
  await saveSkill(stage.deps, administrator, brand.accountId, sales, { priority: 100 })
  const { conversations } = await viewQueue(stage.db, brand.accountId, null, 10)
  assert.deepEqual(
    conversations.map(({ conversationId, priority }) => [conversationId, priority]),
    [
      [urgent.conversationId, 100],
      [older.conversationId, 0],
    ],
  )
  await stage.person(brand, { skills: [support, sales], capacity: 1 })
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, older)).offeredTo, null)
  assert.notEqual((await stage.row(brand, urgent)).offeredTo, null)
})

/** So many conversations that wait longer than all others. */
const crowd = (brand: TestBrand, skillId: string, preferred: string | null = null) =>
  stage.db`
    insert into conversations (account_id, conversation_id, channel, sender_id, address, skill_id, state, queued_at,
      preferred_agent)
    select ${brand.accountId}, gen_random_uuid(), 'sms', ${brand.smsSender.senderId},
      '+1206' || (1000000 + n + (select count(*) from conversations)), ${skillId}, 'queued', now() - interval '1 hour',
      ${preferred}::uuid
    from generate_series(1, 200) n`

test('a crowd that nobody can be offered holds up no other: no agent, no room, an absent last agent', async () => {
  const brand = await offering()
  const { support, sales, billing } = brand.skills
  await stage.configure(brand, 'skills', { routing: 'offer' }, billing)
  const anna = await stage.person(brand, { skills: [support, sales] })
  const gone = await stage.person(brand, { skills: [sales], presence: 'offline' })
  await stage.person(brand, { skills: [billing], capacity: 0 })
  await crowd(brand, billing)
  await crowd(brand, sales, gone.userId)
  const one = await stage.conversation(brand, { minutesAgo: 5 })
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).offeredTo, anna.userId)
})

test('a crowd for whose agents there are few places leaves those of other skills their turn at once', async () => {
  const brand = await offering()
  await stage.configure(brand, 'skills', { routing: 'offer' }, brand.skills.billing)
  const anna = await stage.person(brand)
  await stage.person(brand, { skills: [brand.skills.billing], capacity: 1 })
  await crowd(brand, brand.skills.billing)
  const one = await stage.conversation(brand, { minutesAgo: 5 })
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).offeredTo, anna.userId)
})

test('nothing is offered while the skill is closed', async () => {
  const brand = await offering()
  await stage.configure(brand, 'skills', { hours: { timeZone: 'UTC', weekly: {}, holidays: [] } }, brand.skills.support)
  await stage.person(brand)
  const one = await stage.conversation(brand)
  await stage.sweep(brand)
  assert.equal((await stage.row(brand, one)).offeredTo, null)
  await stage.configure(brand, 'skills', { hours: null }, brand.skills.support)
  await stage.sweep(brand)
  assert.notEqual((await stage.row(brand, one)).offeredTo, null)
})
