import { randomUUID } from 'node:crypto'
import { closeInactive } from '../../src/actions/close-inactive.ts'
import { erasePerson } from '../../src/actions/erase-person.ts'
import { markMessages } from '../../src/actions/mark-messages.ts'
import { offerConversations } from '../../src/actions/offer-conversations.ts'
import { requeueVanished } from '../../src/actions/requeue-vanished.ts'
import { resolveAttempt } from '../../src/actions/resolve-attempt.ts'
import { sweepAttempts } from '../../src/actions/sweep-attempts.ts'
import { tellOpening } from '../../src/actions/tell-opening.ts'
import { tellWaiting } from '../../src/actions/tell-waiting.ts'
import { type TestUser, testUser } from '../test-user.ts'
import type { LiveStage } from './live-stage.ts'

/** One way in which an action changes what agents see. It prepares the scene, and returns the action itself. */
export interface Play {
  /** The files of `src/actions` that it plays. */
  readonly actions: readonly string[]
  readonly play: (stage: LiveStage) => Promise<() => Promise<unknown>>
  /** Whose pages begin again instead of hearing what changed. */
  readonly restarts?: (stage: LiveStage) => readonly TestUser[]
}

const everybody = (stage: LiveStage) => stage.viewers
const admin = (stage: LiveStage, method: string, path: string, body: unknown) =>
  stage.expect(stage.administrator, method, `/api/admin/accounts/${stage.brand.accountId}${path}`, body)

/** Every change that agents see, by what happens. */
export const plays: Readonly<Record<string, Play>> = {
  'a message of a new consumer opens a conversation': {
    actions: ['receive'],
    play: async (stage) => () => stage.hear(stage.newPhone(), 'Hello'),
  },
  'a consumer writes into the queue': {
    actions: ['receive'],
    async play(stage) {
      const { phone } = await stage.queued()
      return () => stage.hear(phone, 'Is anybody there?')
    },
  },
  'a consumer writes to the owner': {
    actions: ['receive'],
    async play(stage) {
      const { phone } = await stage.owned()
      return () => stage.hear(phone, 'And another thing')
    },
  },
  'a consumer says STOP': {
    actions: ['receive'],
    async play(stage) {
      const { phone } = await stage.owned()
      return () => stage.hear(phone, 'STOP')
    },
  },
  'a provider reports a reply as delivered': {
    actions: ['receive'],
    async play(stage) {
      const { messageId } = await stage.replied()
      await stage.deliver(messageId)
      return () => stage.hearStatus(`journal-${messageId}`, 'delivered')
    },
  },
  'an agent takes one': {
    actions: ['take-conversation'],
    async play(stage) {
      const { conversationId } = await stage.queued()
      return () => stage.act(stage.agent, conversationId, 'take')
    },
  },
  'an agent replies': {
    actions: ['reply'],
    async play(stage) {
      const { phone, conversationId } = await stage.owned()
      await stage.hear(phone, 'Unanswered')
      return () => stage.act(stage.agent, conversationId, 'reply', { text: 'Let me look.', clientId: randomUUID() })
    },
  },
  'a reply goes out': {
    actions: ['deliver-message'],
    async play(stage) {
      const { messageId } = await stage.replied()
      return () => stage.deliver(messageId)
    },
  },
  'a reply cannot go out after a STOP': {
    actions: ['deliver-message'],
    async play(stage) {
      const { messageId, phone } = await stage.replied()
      await stage.hear(phone, 'STOP')
      return () => stage.deliver(messageId)
    },
  },
  'who carried a reply has died': {
    actions: ['sweep-attempts'],
    async play(stage) {
      await stage.lost()
      return () => sweepAttempts(stage.deps)
    },
  },
  'the provider is asked about a reply, and has it': {
    actions: ['resolve-attempt'],
    async play(stage) {
      const attemptId = await stage.lost()
      await sweepAttempts(stage.deps)
      await stage.db`update attempts set next_ask_at = now() where attempt_id = ${attemptId}`
      return () => resolveAttempt(stage.deps, stage.system, { attemptId })
    },
  },
  'the brand’s app says that a reply was read': {
    actions: ['mark-messages'],
    async play(stage) {
      const { consumerId, messageId, device } = await stage.inApp()
      return () => markMessages(stage.deps, { ...device, consumerId }, [messageId], 'read')
    },
  },
  'a note is written': {
    actions: ['write-note'],
    async play(stage) {
      const { conversationId } = await stage.owned()
      return () => stage.act(stage.manager, conversationId, 'notes', { text: 'A VIP', clientId: randomUUID() })
    },
  },
  'tags are set': {
    actions: ['tag-conversation'],
    async play(stage) {
      const { conversationId } = await stage.owned()
      const path = `/api/workspace/conversations/${conversationId}/tags`
      return () => stage.expect(stage.agent, 'PUT', path, { tags: ['late', 'VIP'] })
    },
  },
  'the owner has seen what the consumer wrote': {
    actions: ['mark-seen'],
    async play(stage) {
      const { conversationId, phone } = await stage.owned()
      await stage.hear(phone, 'Unread')
      return () => stage.act(stage.agent, conversationId, 'seen', {})
    },
  },
  'a manager joins': {
    actions: ['join-conversation'],
    async play(stage) {
      const { conversationId } = await stage.owned()
      return () => stage.act(stage.manager, conversationId, 'join')
    },
  },
  'a manager leaves': {
    actions: ['leave-conversation'],
    async play(stage) {
      const { conversationId } = await stage.owned()
      await stage.act(stage.manager, conversationId, 'join')
      return () => stage.act(stage.manager, conversationId, 'leave')
    },
  },
  'it is handed on to another skill, with a note': {
    actions: ['transfer-conversation'],
    async play(stage) {
      const { conversationId } = await stage.owned()
      const to = { skillId: stage.brand.skills.sales, note: 'Wants to buy' }
      return () => stage.act(stage.agent, conversationId, 'transfer', to)
    },
  },
  'it is handed on to a colleague': {
    actions: ['transfer-conversation'],
    async play(stage) {
      const { conversationId } = await stage.owned()
      return () => stage.act(stage.agent, conversationId, 'transfer', { userId: stage.elsewhere.userId })
    },
  },
  'a manager gives it to somebody': {
    actions: ['assign-conversation'],
    async play(stage) {
      const { conversationId } = await stage.queued()
      return () => stage.act(stage.manager, conversationId, 'assign', { userId: stage.colleague.userId })
    },
  },
  'a manager takes it over': {
    actions: ['take-over'],
    async play(stage) {
      const { conversationId } = await stage.owned()
      return () => stage.act(stage.manager, conversationId, 'take-over')
    },
  },
  'its owner puts it back into the queue': {
    actions: ['requeue-conversation'],
    async play(stage) {
      const { conversationId } = await stage.owned()
      return () => stage.act(stage.agent, conversationId, 'requeue')
    },
  },
  'it is offered': {
    actions: ['offer-conversations'],
    async play(stage) {
      await stage.queued(stage.brand.skills.billing)
      return () => offerConversations(stage.deps, stage.system)
    },
  },
  'an offer is accepted': {
    actions: ['accept-offer'],
    async play(stage) {
      const conversationId = await stage.offered()
      return () => stage.act(stage.offeree, conversationId, 'accept')
    },
  },
  'an offer is declined': {
    actions: ['decline-offer'],
    async play(stage) {
      const conversationId = await stage.offered()
      return () => stage.act(stage.offeree, conversationId, 'decline')
    },
  },
  'the countdown of an offer ends': {
    actions: ['offer-conversations'],
    async play(stage) {
      const conversationId = await stage.offered()
      await stage.db`
        update conversations set offered_until = now() - interval '1 second' where conversation_id = ${conversationId}`
      return () => offerConversations(stage.deps, stage.system)
    },
  },
  'an agent goes away': {
    actions: ['set-presence'],
    play: async (stage) => () => stage.expect(stage.colleague, 'PUT', '/api/workspace/presence', { status: 'away' }),
  },
  'an agent signs out': {
    actions: ['sign-out'],
    async play(stage) {
      const leaving = await testUser(stage.server, stage.brand.accountId, 'agent')
      return () => stage.expect(leaving, 'DELETE', '/api/session')
    },
  },
  'a skill opens by the clock': {
    actions: ['tell-opening'],
    async play(stage) {
      const { accountId, skills } = stage.brand
      const today = new Date().toISOString().slice(0, 10)
      const hours = async (holidays: { date: string; open: { from: string; to: string }[] }[]) => stage.db`
        update skills set hours = ${stage.db.json({ timeZone: 'UTC', weekly: {}, holidays })}
        where account_id = ${accountId} and skill_id = ${skills.sales}`
      await hours([])
      return async () => {
        await hours([{ date: today, open: [{ from: '00:00', to: '24:00' }] }])
        await tellOpening(stage.deps, 86_400)
      }
    },
  },
  'an agent vanishes': {
    actions: ['requeue-vanished'],
    async play(stage) {
      const { conversationId } = await stage.queued()
      await stage.act(stage.manager, conversationId, 'assign', { userId: stage.vanishing.userId })
      await stage.db`
        update presences set seen_at = now() - interval '61 seconds' where user_id = ${stage.vanishing.userId}`
      return () => requeueVanished(stage.deps, stage.brand.accountId)
    },
  },
  'its agent closes it, and the consumer is asked': {
    actions: ['close-conversation'],
    async play(stage) {
      const { conversationId } = await stage.owned(stage.brand.skills.sales, stage.elsewhere)
      return () => stage.act(stage.elsewhere, conversationId, 'close')
    },
  },
  'the consumer answers the question': {
    actions: ['receive'],
    async play(stage) {
      const { conversationId, phone } = await stage.owned(stage.brand.skills.sales, stage.elsewhere)
      await stage.act(stage.elsewhere, conversationId, 'close')
      return () => stage.hear(phone, '5')
    },
  },
  'a consumer who falls silent': {
    actions: ['close-inactive'],
    async play(stage) {
      const { conversationId } = await stage.replied()
      await stage.minutesPass(conversationId, 120)
      return () => closeInactive(stage.deps)
    },
  },
  'a consumer who waits is told so': {
    actions: ['tell-waiting'],
    async play(stage) {
      const { conversationId } = await stage.queued()
      await stage.minutesPass(conversationId, 30)
      return () => tellWaiting(stage.deps)
    },
  },
  'an agent records an opt-out': {
    actions: ['opt-out-consumer'],
    async play(stage) {
      const { phone } = await stage.owned()
      const body = { channel: 'sms', address: phone, evidence: 'said so on the phone' }
      return () => admin(stage, 'POST', '/opt-outs', body)
    },
  },
  'an opt-out is lifted': {
    actions: ['lift-opt-out'],
    async play(stage) {
      const { phone } = await stage.owned()
      await stage.hear(phone, 'STOP')
      const [row] = await stage.db<{ opt_out_id: string }[]>`
        select opt_out_id from opt_outs where address = ${phone} and channel = 'sms'`
      return () => admin(stage, 'POST', `/opt-outs/${row!.opt_out_id}/lift`, { reason: 'said START by letter' })
    },
  },
  'an agent gets room for more': {
    actions: ['save-user'],
    play: async (stage) => () => admin(stage, 'PATCH', `/users/${stage.colleague.userId}`, { capacity: 7 }),
  },
  'an agent gets another skill': {
    actions: ['save-user'],
    play: async (stage) => () => admin(stage, 'PATCH', `/users/${stage.colleague.userId}`, { skills: ['sales'] }),
    restarts: (stage) => [stage.colleague],
  },
  'an agent gets another name': {
    actions: ['save-user'],
    play: async (stage) => () => admin(stage, 'PATCH', `/users/${stage.colleague.userId}`, { name: 'Maria' }),
    restarts: everybody,
  },
  'a skill is renamed': {
    actions: ['save-skill'],
    play: async (stage) => () => admin(stage, 'PATCH', `/skills/${stage.brand.skills.billing}`, { name: 'accounts' }),
    restarts: everybody,
  },
  'a sender is renamed': {
    actions: ['save-sender'],
    play: async (stage) => () =>
      admin(stage, 'PATCH', `/senders/${stage.brand.smsSender.senderId}`, { title: 'Another number' }),
    restarts: everybody,
  },
  'agents usually have room for fewer': {
    actions: ['save-settings'],
    play: async (stage) => () => admin(stage, 'PATCH', '/settings', { agentCapacity: 3 }),
    restarts: everybody,
  },
  'a person is erased in the middle of their conversation': {
    actions: ['erase-person'],
    async play(stage) {
      const { phone } = await stage.owned()
      const asked = await stage.expect(
        stage.administrator,
        'POST',
        `/api/admin/accounts/${stage.brand.accountId}/erasures`,
        { phone },
      )
      const caller = { kind: 'system', accountId: stage.brand.accountId } as const
      return () => erasePerson(stage.server.deps, caller, asked)
    },
    restarts: everybody,
  },
}

/** What no agent's page shows, and why. Every other action has a play. */
export const unseen: Readonly<Record<string, readonly string[]>> = {
  'only reads': [
    ...['list-conversations', 'list-opt-outs', 'list-queue', 'list-reply-templates', 'list-usable-canned-replies'],
    ...['read-conversation', 'read-media', 'read-messages', 'read-session', 'read-snapshot', 'read-transaction'],
    ...['search-conversations', 'search-transactions', 'check-sender', 'read-live'],
    ...['export-person', 'find-person', 'list-erasures'],
    ...['list-handoffs', 'list-transactions', 'read-analytics'],
    ...['compare-variants', 'list-calls-behind', 'list-opt-out-entries', 'query-report'],
  ],
  'before there is a conversation': ['check-eligibility', 'fall-back', 'send-invite', 'test-eligibility'],
  'configuration that is used, not shown': [
    ...['delete-canned-reply', 'delete-template', 'issue-api-key', 'issue-app', 'renew-api-key', 'renew-app'],
    ...['save-account', 'save-api-key', 'save-app', 'save-canned-reply', 'save-handoff', 'save-template'],
    ...['delete-price', 'set-price'],
    ...['add-webhook', 'delete-webhook', 'renew-webhook', 'save-webhook', 'test-webhook'],
    ...['set-internal', 'set-stop', 'submit-template', 'sync-templates', 'onboard-account'],
  ],
  'about sessions and devices': [
    ...['give-sign-of-life', 'register-device', 'renew-push-token', 'sign-in', 'unregister-device', 'vouch-consumer'],
  ],
  'told to the consumer or the provider, of no number': ['mark-read', 'show-typing', 'upload-file'],
  'asks for what is done later': ['request-erasure'],
  'removes what no page goes on from': ['clean-up', 'keep-retention'],
  'files of what was, for another page': [
    ...['start-export', 'export-at-once', 'fetch-export', 'discard-export', 'run-exports', 'start-scheduled-exports'],
    ...['save-export-schedule', 'delete-export-schedule', 'run-export-schedule', 'watch-exports'],
  ],
  'told to the brand’s own systems': ['repeat-events', 'replay-webhook', 'send-webhooks'],
  'about what reports count': ['price-messages', 'sum-reports'],
}
