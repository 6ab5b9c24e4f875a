import assert from 'node:assert/strict'
import test from 'node:test'
import { applyEvent, type LiveState, stateOf } from './live-state.ts'
import type { ConversationView, MessageView, Snapshot, Thread } from './shapes.ts'

const message = (number: number, status = 'sent') =>
  ({ messageId: `m${number}`, number: String(number), direction: 'out', status }) as unknown as MessageView
const view = (version: number) => ({ conversationId: 'c', version: String(version) }) as unknown as ConversationView
const opened = (messages: readonly MessageView[], earlierMessages: string | null): LiveState => {
  const thread = { asked: 1, messages, earlierMessages } as unknown as Thread
  const snapshot = { number: 7, me: {}, skills: [], agents: [], conversations: [view(3)] } as unknown as Snapshot
  return { ...stateOf(snapshot, null), threads: new Map([['c', thread]]) }
}
const heard = (number: number, status?: string) =>
  ({ kind: 'message', conversationId: 'c', message: message(number, status) }) as const
const shown = (state: LiveState) => state.threads.get('c')?.messages.map((one) => `${one.number} ${one.status}`)

test('a message has its place by its number, whenever it is heard of, and stands there once', () => {
  let state = opened([message(2), message(4)], null)
  for (const event of [heard(3), heard(2, 'delivered'), heard(5), heard(1), heard(5, 'read')])
    state = applyEvent(state, event)
  assert.deepEqual(shown(state), ['1 sent', '2 delivered', '3 sent', '4 sent', '5 read'])
})

test('of messages further up that were not read yet, none is shown without its neighbours', () => {
  const state = opened([message(20), message(21)], '20')
  assert.deepEqual(shown(applyEvent(state, heard(3, 'read'))), ['20 sent', '21 sent'])
  assert.deepEqual(shown(applyEvent(state, heard(22))), ['20 sent', '21 sent', '22 sent'])
})

test('an older view of a conversation does not take the place of a newer one', () => {
  const state = opened([], null)
  const after = (version: number) =>
    applyEvent(state, { kind: 'conversation', conversation: view(version) }).conversations.get('c')?.version
  assert.deepEqual([after(2), after(3), after(4)], ['3', '3', '4'])
})

test('a conversation that left one’s sight is gone with what was opened of it', () => {
  const state = applyEvent(opened([message(1)], null), { kind: 'conversation-gone', conversationId: 'c' })
  assert.deepEqual([state.conversations.size, state.threads.size], [0, 0])
})

test('a new snapshot keeps what was opened, and says that it is another', () => {
  const before = opened([message(1)], null)
  const state = stateOf({ number: 7, me: {}, skills: [], agents: [], conversations: [] } as unknown as Snapshot, before)
  assert.deepEqual([shown(state), state.snapshots - before.snapshots], [['1 sent'], 1])
})
