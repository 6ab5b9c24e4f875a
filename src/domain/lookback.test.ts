import assert from 'node:assert/strict'
import test from 'node:test'
import { type ReplyFacts, type ReplyRoute, routeKeyword, routeReply, type SentInvite } from './lookback.ts'

const at = new Date('2026-03-10T12:00:00Z')
const minutesAgo = (minutes: number) => new Date(at.getTime() - minutes * 60_000)

const invite = (callId: string, sentMinutesAgo: number, more: Partial<SentInvite> = {}): SentInvite => ({
  callId,
  skillId: `skill-of-${callId}`,
  sentAt: minutesAgo(sentMinutesAgo),
  lookbackMinutes: 60,
  routeAllWithinLookback: false,
  conversationId: null,
  ...more,
})
const closed = { conversationId: 'closed' }

const rows: readonly [string, Partial<ReplyFacts>, ReplyRoute][] = [
  ['never invited, no default skill: kept only', {}, { kind: 'none', why: 'uninvited' }],
  ['never invited: the default skill', { defaultSkillId: 'd' }, { kind: 'ordinary', skillId: 'd', why: 'uninvited' }],
  [
    'the answer to an invite',
    { invites: [invite('a', 5)], defaultSkillId: 'd' },
    { kind: 'answer', skillId: 'skill-of-a', callId: 'a' },
  ],
  [
    'the last moment of the window',
    { invites: [invite('a', 60)] },
    { kind: 'answer', skillId: 'skill-of-a', callId: 'a' },
  ],
  [
    'a moment later is late',
    { invites: [invite('a', 60, { sentAt: new Date(minutesAgo(60).getTime() - 1) })] },
    { kind: 'none', why: 'late' },
  ],
  [
    'late, with a default skill',
    { invites: [invite('a', 61)], defaultSkillId: 'd' },
    { kind: 'ordinary', skillId: 'd', why: 'late' },
  ],
  [
    'late: routing everything within the lookback changes nothing',
    { invites: [invite('a', 61, { routeAllWithinLookback: true, ...closed })] },
    { kind: 'none', why: 'late' },
  ],
  [
    'the newest of two unanswered invites',
    { invites: [invite('b', 5), invite('a', 10)] },
    { kind: 'answer', skillId: 'skill-of-b', callId: 'b' },
  ],
  [
    'the newest is late, an older one has a longer window',
    { invites: [invite('b', 61), invite('a', 100, { lookbackMinutes: 43_200 })] },
    { kind: 'answer', skillId: 'skill-of-a', callId: 'a' },
  ],
  [
    'the newest is answered and closed, an older one is not',
    { invites: [invite('b', 5, closed), invite('a', 10)] },
    { kind: 'answer', skillId: 'skill-of-a', callId: 'a' },
  ],
  [
    'closed, no default skill: the same skill',
    { invites: [invite('a', 5, closed)] },
    { kind: 'ordinary', skillId: 'skill-of-a', why: 'closed' },
  ],
  [
    'closed, with a default skill',
    { invites: [invite('a', 5, closed)], defaultSkillId: 'd' },
    { kind: 'ordinary', skillId: 'd', why: 'closed' },
  ],
  [
    'closed, everything within the lookback is routed: the same skill, whatever the default',
    { invites: [invite('a', 5, { ...closed, routeAllWithinLookback: true })], defaultSkillId: 'd' },
    { kind: 'ordinary', skillId: 'skill-of-a', why: 'closed' },
  ],
  [
    'closed and out of its window: late',
    { invites: [invite('a', 61, closed)], defaultSkillId: 'd' },
    { kind: 'ordinary', skillId: 'd', why: 'late' },
  ],
  [
    'an open conversation takes everything',
    { openConversationId: 'o', defaultSkillId: 'd' },
    { kind: 'append', conversationId: 'o', answers: null },
  ],
  [
    'an open conversation takes the answer to a newer invite, and the call is told',
    { openConversationId: 'o', invites: [invite('b', 1), invite('a', 10, { conversationId: 'o' })] },
    { kind: 'append', conversationId: 'o', answers: 'b' },
  ],
  [
    'an open conversation whose own invite was answered: nobody is told again',
    { openConversationId: 'o', invites: [invite('a', 10, { conversationId: 'o' })] },
    { kind: 'append', conversationId: 'o', answers: null },
  ],
]

for (const [name, facts, expected] of rows)
  test(`routes: ${name}`, () =>
    assert.deepEqual(
      routeReply({ at, openConversationId: null, invites: [], defaultSkillId: null, ...facts }),
      expected,
    ))

test('a keyword goes into an open conversation and never opens one', () => {
  assert.deepEqual(routeKeyword({ openConversationId: 'o' }), { kind: 'append', conversationId: 'o', answers: null })
  assert.deepEqual(routeKeyword({ openConversationId: null }), { kind: 'none', why: 'keyword' })
})
