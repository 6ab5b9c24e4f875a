import { callIdOf } from '../src/store/call-id.ts'
import { createOutgoing } from '../src/store/outgoing.ts'
import type { TestBrand } from './test-brand.ts'
import type { TestServer } from './test-server.ts'

export interface TestInvite {
  readonly callId: string
  readonly messageId: string
  readonly attemptId: string
  readonly token: string
}

/**
 * An invite as sending leaves it behind, written straight into the tables.
 * @param options.sentMinutesAgo null: the provider's answer is not stored yet.
 * @param options.attempt state of its attempt; default `sent`, or `claimed` while there is no answer.
 */
export async function testInvite(
  server: Pick<TestServer, 'deps'>,
  brand: TestBrand,
  phone: string,
  options: {
    sentMinutesAgo?: number | null
    attempt?: 'accepted' | 'claimed' | 'unknown' | 'sent' | 'rejected'
    skillId?: string
    lookbackMinutes?: number
    routeAll?: boolean
    providerId?: string
  } = {},
): Promise<TestInvite> {
  const { db } = server.deps
  const callId = callIdOf(new Date())
  const { sentMinutesAgo = 0 } = options
  const sentAt = sentMinutesAgo === null ? null : new Date(Date.now() - sentMinutesAgo * 60_000)
  const skillId = options.skillId ?? brand.skills.support
  const lookbackMinutes = options.lookbackMinutes ?? 60
  await db`insert into calls ${db({
    account_id: brand.accountId,
    call_id: callId,
    attempted_at: new Date(),
    credential_id: 'test',
    consumer_phone: phone,
    handoff_id: brand.handoffId,
    skill_id: skillId,
    available_channels: ['sms'],
    channel: 'sms',
    sent_at: sentAt,
  })}`
  const out = await db.begin((tx) =>
    createOutgoing(tx, brand.accountId, {
      conversationId: null,
      callId,
      senderId: brand.smsSender.senderId,
      channel: 'sms',
      address: phone,
      kind: 'invite',
      body: 'Reply to continue by text.',
      expiresAt: null,
      claimedBy: server.deps.processId,
    }),
  )
  await db`insert into invites ${db({
    account_id: brand.accountId,
    call_id: callId,
    state: sentAt === null ? 'sending' : 'sent',
    consumer_phone: phone,
    skill_id: skillId,
    channels_left: [],
    channel: 'sms',
    sender_id: brand.smsSender.senderId,
    address: phone,
    message_id: out.messageId,
    handoff_id: brand.handoffId,
    lookback_minutes: lookbackMinutes,
    route_all_within_lookback: options.routeAll ?? false,
    expires_at: new Date(Date.now() + 600_000),
    sent_at: sentAt,
    lookback_until: sentAt === null ? null : new Date(sentAt.getTime() + lookbackMinutes * 60_000),
  })}`
  const state = options.attempt ?? (sentAt === null ? 'claimed' : 'sent')
  await db`
    update attempts set state = ${state}, lease_until = null, provider_id = ${options.providerId ?? null}
    where account_id = ${brand.accountId} and attempt_id = ${out.attemptId}`
  await db`
    update messages set status = ${sentAt === null ? 'sending' : 'sent'}, sent_at = ${sentAt},
      provider_id = ${options.providerId ?? null}
    where account_id = ${brand.accountId} and message_id = ${out.messageId}`
  return { callId, messageId: out.messageId, attemptId: out.attemptId, token: out.token }
}
