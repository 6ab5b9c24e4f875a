import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { deliverMessage } from '../../src/actions/deliver-message.ts'
import { offerConversations } from '../../src/actions/offer-conversations.ts'
import { receive } from '../../src/actions/receive.ts'
import type { Heard } from '../../src/channels/connector.ts'
import type { MessageStatus } from '../../src/domain/message.ts'
import { atomic } from '../../src/store/db.ts'
import { createOutgoing } from '../../src/store/outgoing.ts'
import { touchConversation } from '../../src/store/touched.ts'
import { testBrand } from '../test-brand.ts'
import { journalConnector, testConversation } from '../test-conversation.ts'
import { testPhone } from '../test-phone.ts'
import { testServer } from '../test-server.ts'
import { type TestUser, testUser } from '../test-user.ts'

export type LiveStage = Awaited<ReturnType<typeof liveStage>>

/** A brand at work, and the people whose pages are looked at. */
export async function liveStage() {
  const journal = journalConnector()
  const connector = {
    ...journal,
    find: async (out: { messageId: string }) =>
      ({ kind: 'found', providerId: `journal-${out.messageId}`, status: 'delivered', failure: null }) as const,
  }
  const server = await testServer({ connectors: [connector] })
  const { deps } = server
  const { db } = deps
  const brand = await testBrand(server, { smsConnector: connector.name })
  const { accountId, skills } = brand
  await db`
    update settings set default_skill_id = ${skills.support}, texts = ${db.json({ waiting: 'Please wait.' })},
      close_after_minutes = 60, waiting_after_minutes = 5
    where account_id = ${accountId}`
  await db`update skills set survey_on = true where account_id = ${accountId} and skill_id = ${skills.sales}`
  await db`update skills set routing = 'offer' where account_id = ${accountId} and skill_id = ${skills.billing}`
  deps.accounts.drop(accountId)
  const system = { kind: 'system', accountId } as const
  const person = (role: TestUser['role'], ...held: string[]) => testUser(server, accountId, role, { skills: held })
  const agent = await person('agent', skills.support)
  const colleague = await person('agent', skills.support)
  const elsewhere = await person('agent', skills.sales)
  const offeree = await person('agent', skills.billing)
  const vanishing = await person('agent', skills.support)
  const manager = await person('agent-manager')
  const administrator = await person('administrator')
  const viewers = [agent, colleague, elsewhere, offeree, manager]

  const sender = async () => (await deps.accounts.get(accountId))!.senders.get(brand.smsSender.senderId)!
  const heard = async (one: Heard) =>
    receive(deps, system, { sender: await sender(), heard: [one], receivedAt: new Date(), exchange: null })

  const stage = {
    ...{ server, deps, db, brand, system, viewers },
    ...{ agent, colleague, elsewhere, offeree, vanishing, manager, administrator },
    newPhone: testPhone,
    hear: (from: string, text: string) =>
      heard({
        ...{ kind: 'message', providerId: randomUUID(), from, text, media: [], at: null },
        ...{ keyword: null, providerAnswersKeywords: false },
      }),
    hearStatus: (providerId: string, status: MessageStatus) =>
      heard({ kind: 'status', providerId, attemptToken: null, status, failure: null, at: null } as Heard),
    async expect(who: TestUser, method: string, path: string, body?: unknown) {
      const answer = await who.ask(method, path, body)
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    act: (who: TestUser, conversationId: string, deed: string, body?: unknown) =>
      stage.expect(who, 'POST', `/api/workspace/conversations/${conversationId}/${deed}`, body),
    queued: (skillId: string = skills.support) => testConversation(server, brand, { skillId }),
    /** One that is its agent's. */
    async owned(skillId: string = skills.support, who: TestUser = agent) {
      const conversation = await stage.queued(skillId)
      await stage.act(who, conversation.conversationId, 'take')
      return conversation
    },
    /** One whose owner has written; nothing has gone out. */
    async replied() {
      const conversation = await stage.owned()
      const reply = { text: 'Let me look.', clientId: randomUUID() }
      const { messageId } = await stage.act(agent, conversation.conversationId, 'reply', reply)
      return { ...conversation, messageId: messageId as string }
    },
    async deliver(messageId: string) {
      const attemptId = await stage.attemptOf(messageId)
      await deliverMessage(deps, system, { attemptId })
    },
    async attemptOf(messageId: string): Promise<string> {
      const [row] = await db<{ attempt_id: string }[]>`select attempt_id from attempts where message_id = ${messageId}`
      return row!.attempt_id
    },
    /** A reply whose carrier died holding it: the attempt's id. */
    async lost(): Promise<string> {
      const { messageId } = await stage.replied()
      const attemptId = await stage.attemptOf(messageId)
      await db`update messages set status = 'sending' where message_id = ${messageId}`
      await db`
        update attempts set state = 'claimed', fence = 1, claimed_by = ${randomUUID()},
          claimed_at = now() - interval '1 minute', lease_until = now() - interval '30 seconds'
        where attempt_id = ${attemptId}`
      return attemptId
    },
    /** One that is offered to `offeree`. */
    async offered(): Promise<string> {
      const { conversationId } = await stage.queued(skills.billing)
      await db`delete from conversation_offers where account_id = ${accountId}`
      await offerConversations(deps, system)
      return conversationId
    },
    async minutesPass(conversationId: string, minutes: number) {
      await db`
        update conversations set queued_at = queued_at - make_interval(mins => ${minutes}),
          last_inbound_at = last_inbound_at - make_interval(mins => ${minutes}),
          last_message_at = last_message_at - make_interval(mins => ${minutes})
        where conversation_id = ${conversationId}`
    },
    /** A conversation in the brand's app whose reply has been sent. */
    async inApp() {
      const [conversationId, senderId, consumerId] = [randomUUID(), randomUUID(), randomUUID()]
      await db`
        insert into senders (account_id, sender_id, connector, channel, address, title, settings)
        values (${accountId}, ${senderId}, ${connector.name}, 'inapp', ${senderId}, 'App', '{}')`
      deps.accounts.drop(accountId)
      const { messageId } = await atomic(db, async (tx) => {
        await tx`
          insert into conversations (account_id, conversation_id, channel, sender_id, address, skill_id, state, owner_id)
          values (${accountId}, ${conversationId}, 'inapp', ${senderId}, ${consumerId}, ${skills.support}, 'assigned',
            ${agent.userId})`
        touchConversation(tx, accountId, conversationId, true)
        const about = { conversationId, callId: null, senderId, channel: 'inapp', address: consumerId } as const
        return createOutgoing(tx, accountId, { ...about, kind: 'reply', body: 'Hello', expiresAt: null })
      })
      await db`update messages set status = 'sent', sent_at = now() where message_id = ${messageId}`
      const device = { kind: 'device', accountId, deviceId: randomUUID(), senderId, pushes: 'all' } as const
      return { conversationId, consumerId, messageId, device }
    },
    close: () => server.close(),
  }
  return stage
}
