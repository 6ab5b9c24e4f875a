import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Presence } from './presence.ts'
import { planOffers, type RoutedAgent, refusalToReceive, type WaitingConversation } from './routing.ts'

const now = new Date('2026-03-02T12:00:00Z')
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000)
const agent = (userId: string, facts: Partial<RoutedAgent> = {}): RoutedAgent => ({
  ...{ userId, presence: 'online', capacity: 2, load: 0, skillIds: ['s'], lastGivenAt: null },
  ...facts,
})
const waiting = (conversationId: string, facts: Partial<WaitingConversation> = {}): WaitingConversation => ({
  ...{ conversationId, skillId: 's', routing: 'offer', priority: 0, queuedAt: ago(60), lastAgentId: null, passed: [] },
  ...facts,
})

const receiving: readonly [Presence, load: number, how: 'given' | 'by-hand', refusal: string | null][] = [
  ['online', 0, 'given', null],
  ['online', 2, 'given', 'agent-full'],
  ['online', 3, 'by-hand', 'agent-full'],
  ['away', 0, 'given', 'agent-offline'],
  ['away', 1, 'by-hand', null],
  ['offline', 0, 'by-hand', 'agent-offline'],
  ['offline', 0, 'given', 'agent-offline'],
]
for (const [presence, load, how, refusal] of receiving)
  test(`${presence} with ${load} of 2, ${how}: ${refusal ?? 'may'}`, () => {
    assert.equal(refusalToReceive({ presence, load, capacity: 2 }, how), refusal)
  })
test('who is nobody here is offline', () => assert.equal(refusalToReceive(null, 'given'), 'agent-offline'))

const plans: readonly [name: string, WaitingConversation[], RoutedAgent[], string[]][] = [
  ['nobody is there', [waiting('1')], [], []],
  ['one for one', [waiting('1')], [agent('a')], ['1→a']],
  ['pull waits to be taken', [waiting('1', { routing: 'pull' })], [agent('a')], []],
  ['another skill', [waiting('1', { skillId: 't' })], [agent('a')], []],
  ['away, offline and full get none', [waiting('1')], [agent('a', { presence: 'away' }), agent('b', { load: 2 })], []],
  ['a capacity of none', [waiting('1')], [agent('a', { capacity: 0 })], []],
  [
    'who waits longest goes first',
    [waiting('1', { queuedAt: ago(1) }), waiting('2', { queuedAt: ago(9) })],
    [agent('a', { capacity: 1 })],
    ['2→a'],
  ],
  [
    'priority goes before waiting',
    [waiting('1', { queuedAt: ago(99) }), waiting('2', { priority: 1, queuedAt: ago(1) })],
    [agent('a', { capacity: 1 })],
    ['2→a'],
  ],
  ['the least busy', [waiting('1')], [agent('a', { load: 1 }), agent('b', { capacity: 10, load: 4 })], ['1→b']],
  [
    'of equals who was given nothing for longest',
    [waiting('1')],
    [agent('a', { lastGivenAt: ago(5) }), agent('b', { lastGivenAt: ago(500) })],
    ['1→b'],
  ],
  [
    'the last agent, though busier',
    [waiting('1', { lastAgentId: 'b' })],
    [agent('a'), agent('b', { load: 1 })],
    ['1→b'],
  ],
  ['the last agent also of a pull skill', [waiting('1', { lastAgentId: 'b', routing: 'pull' })], [agent('b')], ['1→b']],
  [
    'the last agent is away',
    [waiting('1', { lastAgentId: 'b' })],
    [agent('a'), agent('b', { presence: 'away' })],
    ['1→a'],
  ],
  ['the last agent is full', [waiting('1', { lastAgentId: 'b' })], [agent('a'), agent('b', { load: 2 })], ['1→a']],
  [
    'who declined is not asked again at once',
    [waiting('1', { passed: [{ userId: 'a', at: ago(59) }] })],
    [agent('a'), agent('b', { load: 1 })],
    ['1→b'],
  ],
  ['but after a minute', [waiting('1', { passed: [{ userId: 'a', at: ago(60) }] })], [agent('a')], ['1→a']],
  [
    'what nobody can be offered holds up no other',
    [waiting('1', { skillId: 't', queuedAt: ago(99) }), waiting('2')],
    [agent('a')],
    ['2→a'],
  ],
  [
    'several at once fill evenly and not beyond',
    ['1', '2', '3', '4', '5'].map((id) => waiting(id)),
    [agent('a'), agent('b')],
    ['1→a', '2→b', '3→a', '4→b'],
  ],
]
for (const [name, conversations, agents, offers] of plans)
  test(`a plan: ${name}`, () => {
    const planned = planOffers(conversations, agents, now).map((offer) => `${offer.conversationId}→${offer.userId}`)
    assert.deepEqual(planned, offers)
  })

test('whatever waits and whoever is there: nobody offline, nobody beyond the capacity, nothing twice', () => {
  const ids = fc.constantFrom('a', 'b', 'c', 'd')
  const someAgents = fc.uniqueArray(
    fc.record({
      userId: ids,
      presence: fc.constantFrom<Presence>('online', 'away', 'offline'),
      capacity: fc.integer({ min: 0, max: 3 }),
      load: fc.integer({ min: 0, max: 3 }),
      skillIds: fc.subarray(['s', 't']),
      lastGivenAt: fc.constant(null),
    }),
    { selector: (one) => one.userId },
  )
  const some = fc.uniqueArray(
    fc.record({
      conversationId: fc.integer({ min: 0, max: 30 }).map(String),
      skillId: fc.constantFrom('s', 't'),
      routing: fc.constantFrom<'pull' | 'offer'>('pull', 'offer'),
      priority: fc.integer({ min: 0, max: 2 }),
      queuedAt: fc.integer({ min: 0, max: 100 }).map(ago),
      lastAgentId: fc.option(ids),
      passed: fc.array(fc.record({ userId: ids, at: fc.integer({ min: 0, max: 100 }).map(ago) }), { maxLength: 2 }),
    }),
    { selector: (one) => one.conversationId },
  )
  fc.assert(
    fc.property(some, someAgents, (conversations, agents) => {
      const offers = planOffers(conversations, agents, now)
      assert.equal(new Set(offers.map((offer) => offer.conversationId)).size, offers.length)
      for (const one of agents) {
        const given = offers.filter((offer) => offer.userId === one.userId)
        if (given.length > 0) assert.equal(one.presence, 'online')
        if (given.length > 0) assert.ok(one.load + given.length <= one.capacity)
      }
      const left = conversations.filter((one) => !offers.some((offer) => offer.conversationId === one.conversationId))
      for (const one of left.filter(({ routing }) => routing === 'offer'))
        for (const able of agents)
          if (able.presence === 'online' && able.skillIds.includes(one.skillId) && one.passed.length === 0) {
            const given = offers.filter((offer) => offer.userId === able.userId).length
            assert.ok(able.load + given >= able.capacity, 'it waits although somebody is free')
          }
    }),
    { numRuns: 200 },
  )
})
