import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Role, UserCaller } from './caller.ts'
import { type ConversationAct, type ConversationFacts, mayRead, maySeeAddress, refusalOf } from './conversation-acts.ts'

const user = (role: Role, userId = 'me'): UserCaller => ({ kind: 'user', accountId: '1', userId, name: 'Me', role })
const facts = (changes: Partial<ConversationFacts> = {}): ConversationFacts => ({
  state: 'queued',
  ownerId: null,
  handledBy: null,
  skillId: 'support',
  consumerOptedOut: false,
  ...changes,
})
const queued = facts()
const mine = facts({ state: 'assigned', ownerId: 'me', handledBy: 'me' })
const theirs = facts({ state: 'assigned', ownerId: 'other', handledBy: 'other' })
const closed = facts({ state: 'closed', handledBy: 'me' })
const offered = facts({ routing: 'offer', offeredTo: 'me', offerStands: true })
const offeredOn = facts({ ...offered, offeredTo: 'other' })
const joined = facts({ ...theirs, joinedBy: ['me'] })
const stopped = facts({ ...mine, consumerOptedOut: true })

test('what each person may do with each conversation', () => {
  const rows: [ConversationAct, Role, readonly string[], ConversationFacts, string | null][] = [
    ['take', 'agent', ['support'], queued, null],
    ['take', 'agent', ['sales'], queued, 'forbidden'],
    ['take', 'agent', [], mine, null],
    ['take', 'agent', ['support'], theirs, 'already-taken'],
    ['take', 'agent', ['support'], closed, 'conversation-closed'],
    ['take', 'agent', ['support'], { ...queued, consumerOptedOut: true }, null],
    ['take', 'agent-manager', [], queued, null],
    ['take', 'agent-manager', [], theirs, 'already-taken'],
    ['take', 'campaign-manager', ['support'], queued, 'forbidden'],
    ['reply', 'agent', ['support'], mine, null],
    ['reply', 'agent', [], mine, null],
    ['reply', 'agent', ['support'], queued, 'not-yours'],
    ['reply', 'agent', ['support'], theirs, 'not-yours'],
    ['reply', 'administrator', [], theirs, 'not-yours'],
    ['reply', 'agent', ['support'], closed, 'conversation-closed'],
    ['reply', 'agent', ['support'], stopped, 'consumer-opted-out'],
    ['reply', 'campaign-manager', ['support'], mine, 'forbidden'],
    ['reply', 'agent', ['support'], { ...mine, windowClosed: true }, 'window-closed'],
    ['reply', 'agent', ['support'], { ...stopped, windowClosed: true }, 'consumer-opted-out'],
    ['reply-with-template', 'agent', ['support'], { ...mine, windowClosed: true, takesTemplates: true }, null],
    ['reply-with-template', 'agent', ['support'], { ...mine, takesTemplates: true }, null],
    ['reply-with-template', 'agent', ['support'], mine, 'cannot-send'],
    ['reply-with-template', 'agent', ['support'], { ...stopped, takesTemplates: true }, 'consumer-opted-out'],
    ['reply-with-template', 'agent', ['support'], { ...theirs, takesTemplates: true }, 'not-yours'],
    ['close', 'agent', [], mine, null],
    ['close', 'agent', ['support'], stopped, null],
    ['close', 'agent', ['support'], closed, null],
    ['close', 'agent', ['support'], queued, 'not-yours'],
    ['close', 'agent', ['support'], theirs, 'not-yours'],
    ['close', 'agent-manager', [], theirs, null],
    ['close', 'administrator', [], queued, null],
    ['take', 'agent', ['support'], { ...queued, routing: 'offer' }, 'not-offered'],
    ['take', 'agent', ['support'], offered, null],
    ['take', 'agent', ['support'], offeredOn, 'not-offered'],
    ['take', 'agent', ['support'], { ...offeredOn, routing: 'pull' }, 'not-offered'],
    ['take', 'agent', ['support'], { ...offeredOn, routing: 'pull', offerStands: false }, null],
    ['take', 'agent-manager', [], offeredOn, null],
    ['accept', 'agent', ['support'], offered, null],
    ['accept', 'agent', [], offered, null],
    ['accept', 'agent', ['support'], { ...offered, offerStands: false }, 'not-offered'],
    ['accept', 'agent', ['support'], offeredOn, 'not-offered'],
    ['accept', 'agent-manager', ['support'], offeredOn, 'not-offered'],
    ['accept', 'agent', ['support'], queued, 'not-offered'],
    ['accept', 'agent', [], mine, null],
    ['accept', 'agent', ['support'], theirs, 'already-taken'],
    ['accept', 'agent', ['support'], closed, 'conversation-closed'],
    ['decline', 'agent', [], offered, null],
    ['decline', 'agent', ['support'], offeredOn, 'not-offered'],
    ['decline', 'campaign-manager', [], offered, 'forbidden'],
    ['transfer', 'agent', [], mine, null],
    ['transfer', 'agent', ['support'], theirs, 'not-yours'],
    ['transfer', 'agent', ['support'], queued, 'not-yours'],
    ['transfer', 'agent-manager', [], queued, null],
    ['transfer', 'agent', ['support'], closed, 'conversation-closed'],
    ['requeue', 'agent', [], mine, null],
    ['requeue', 'agent', ['support'], theirs, 'not-yours'],
    ['requeue', 'agent', ['support'], queued, null],
    ['requeue', 'agent-manager', [], theirs, null],
    ['assign', 'agent', ['support'], mine, 'forbidden'],
    ['assign', 'agent-manager', [], theirs, null],
    ['assign', 'administrator', [], closed, 'conversation-closed'],
    ['take-over', 'agent', ['support'], theirs, 'forbidden'],
    ['take-over', 'agent-manager', [], theirs, null],
    ['join', 'agent-manager', [], theirs, null],
    ['join', 'agent', ['support'], theirs, 'forbidden'],
    ['leave', 'administrator', [], closed, null],
    ['reply', 'agent-manager', [], joined, null],
    ['reply', 'agent-manager', [], { ...joined, joinedBy: ['another'] }, 'not-yours'],
  ]
  for (const [act, role, held, conversation, expected] of rows) {
    const title = `${role} with ${held} ${act} ${conversation.state} of ${conversation.ownerId}`
    assert.equal(refusalOf(act, user(role), held, conversation), expected, title)
  }
})

test('who may know of a conversation, and who sees the number', () => {
  const rows: [Role, readonly string[], ConversationFacts, boolean, boolean][] = [
    ['agent', ['support'], queued, true, false],
    ['agent', ['sales'], queued, false, false],
    ['agent', [], mine, true, true],
    ['agent', ['support'], theirs, true, false],
    ['agent', [], theirs, false, false],
    ['agent', [], closed, true, false],
    ['agent', [], offered, true, false],
    ['agent', [], offeredOn, false, false],
    ['agent-manager', [], theirs, true, true],
    ['administrator', [], closed, true, true],
    ['campaign-manager', ['support'], queued, false, false],
  ]
  for (const [role, held, conversation, readable, seen] of rows) {
    const title = `${role} with ${held}: ${conversation.state} of ${conversation.ownerId}`
    assert.equal(mayRead(user(role), held, conversation), readable, title)
    assert.equal(maySeeAddress(user(role), conversation), seen, title)
  }
})
