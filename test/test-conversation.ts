import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import type { Connector, Outgoing } from '../src/channels/connector.ts'
import { callIdOf } from '../src/store/call-id.ts'
import { atomic } from '../src/store/db.ts'
import { touchConversation } from '../src/store/touched.ts'
import { uuidV7 } from '../src/store/uuid-v7.ts'
import type { TestBrand } from './test-brand.ts'
import { testPhone } from './test-phone.ts'
import type { TestServer } from './test-server.ts'

/** A provider that takes everything at once and keeps a journal. */
export function journalConnector(): Connector & { readonly sent: Outgoing[] } {
  const sent: Outgoing[] = []
  return {
    name: 'sms-journal',
    channel: 'sms',
    settings: Type.Object({}),
    limits: { text: 200, templateToBegin: false, windowHours: null, media: {} },
    checkSender: () => [],
    send: async (out) => {
      sent.push(out)
      return { providerId: `journal-${out.messageId}`, status: 'sent' }
    },
    sent,
  }
}

export interface TestConversation {
  readonly conversationId: string
  readonly callId: string
  readonly phone: string
  readonly inviteText: string
}

/**
 * A conversation that waits in a queue, as eligibility, invite and the consumer's answer leave it: call, sent invite, two
 * messages. Written straight into the tables, so that a test of what agents do depends on nothing before it.
 */
export async function testConversation(
  server: Pick<TestServer, 'deps'>,
  brand: TestBrand,
  options: {
    skillId?: string
    phone?: string
    text?: string
    sdes?: Record<string, unknown>
    minutesAgo?: number
  } = {},
): Promise<TestConversation> {
  const { db } = server.deps
  const conversationId = randomUUID()
  const phone = options.phone ?? testPhone()
  const skillId = options.skillId ?? brand.skills.support
  const inviteText = 'Reply to continue by text.'
  const { accountId, handoffId } = brand
  const { senderId } = brand.smsSender
  const at = new Date(Date.now() - (options.minutesAgo ?? 1) * 60_000)
  const [callId, inviteId] = [callIdOf(at), uuidV7(at)]
  await atomic(db, async (tx) => {
    touchConversation(tx, accountId, conversationId, true)
    await tx`insert into calls ${tx({
      account_id: accountId,
      call_id: callId,
      attempted_at: at,
      credential_id: brand.apiKey.appKey,
      consumer_phone: phone,
      handoff_id: handoffId,
      skill_id: skillId,
      ivr_number: '+18005550123',
      sdes: options.sdes === undefined ? null : tx.json(options.sdes as never),
      available_channels: ['sms'],
      invited_at: at,
      channel: 'sms',
      routed_skill_id: skillId,
      first_message: inviteText,
      sent_at: at,
      replied_at: at,
      conversation_id: conversationId,
      conversation_created_at: at,
    })}`
    await tx`insert into conversations ${tx({
      account_id: accountId,
      conversation_id: conversationId,
      channel: 'sms',
      sender_id: senderId,
      address: phone,
      consumer_phone: phone,
      skill_id: skillId,
      state: 'queued',
      call_id: callId,
      opened_at: at,
      queued_at: at,
      last_inbound_at: at,
      last_message_at: at,
    })}`
    const message = { account_id: accountId, sender_id: senderId, channel: 'sms', address: phone, created_at: at }
    await tx`insert into messages ${tx({
      ...message,
      message_id: inviteId,
      call_id: callId,
      direction: 'out',
      kind: 'invite',
      body: inviteText,
      status: 'delivered',
      sent_at: at,
      delivered_at: at,
    })}`
    await tx`insert into messages ${tx({
      ...message,
      message_id: uuidV7(at),
      conversation_id: conversationId,
      direction: 'in',
      kind: 'text',
      body: options.text ?? 'Hello, my bill is wrong.',
      provider_id: `in-${conversationId}`,
    })}`
    await tx`insert into invites ${tx({
      account_id: accountId,
      call_id: callId,
      state: 'sent',
      consumer_phone: phone,
      skill_id: skillId,
      channels_left: [],
      channel: 'sms',
      sender_id: senderId,
      address: phone,
      message_id: inviteId,
      handoff_id: handoffId,
      lookback_minutes: 43_200,
      route_all_within_lookback: false,
      conversation_id: conversationId,
      expires_at: at,
      sent_at: at,
    })}`
  })
  return { conversationId, callId, phone, inviteText }
}
