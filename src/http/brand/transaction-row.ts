import { type Static, Type } from 'typebox'
import { messageStatuses } from '../../domain/report.ts'
import type { ReportedTransaction } from '../../reports/transactions.ts'

const orNull = <T extends Parameters<typeof Type.Optional>[0]>(schema: T) => Type.Union([schema, Type.Null()])
const text = orNull(Type.String())
const time = orNull(Type.String({ format: 'date-time' }))

/** Field names and casing as the published API has them; those behind `csat` are ours. */
export const transactionRow = Type.Object({
  transactionId: Type.String({ description: 'The callId.' }),
  channel: orNull(Type.String({ description: 'The one used; before that, the one that would be.' })),
  skill: text,
  initialChannel: orNull(Type.String({ description: 'The first that was asked for.' })),
  initialSkill: orNull(Type.String({ description: 'As eligibility was asked.' })),
  handOffId: Type.String(),
  ivrNumber: text,
  proactiveCampaignId: Type.Null(),
  consumerId: text,
  conversationId: text,
  attemptedTime: time,
  eligibleTime: time,
  inviteTime: time,
  sentTime: time,
  deliveredTime: time,
  readTime: time,
  failedTime: time,
  skippedTime: time,
  cancelledTime: Type.Null(),
  optInsTime: Type.Null(),
  optOutsTime: time,
  conversationsCreatedTime: time,
  conversationsClosedTime: time,
  errorCode: text,
  errorMessage: text,
  errorSource: text,
  messageStatus: Type.Optional(orNull(Type.Enum(messageStatuses))),
  csat: text,
  handOffTitle: text,
  firstMessage: orNull(Type.String({ description: 'As it went out.' })),
  overrideMessage: text,
  templateName: text,
  sdes: Type.Boolean({ description: 'Whether the IVR told something of the consumer.' }),
  triedChannels: Type.Array(Type.String(), { description: 'On which the invite was begun, in order.' }),
  refusals: Type.Array(Type.Object({ channel: text, code: Type.String(), message: Type.String() }), {
    description: 'Why which channel was left out, at eligibility and when sending.',
  }),
})

/**
 * One call in the published form. A call that was never sent has failed, or was skipped, when it was attempted, if nothing
 * says a later time.
 */
export function presentTransaction(one: ReportedTransaction, version: 'v1' | 'v2'): Static<typeof transactionRow> {
  const iso = (at: Date | null) => at?.toISOString() ?? null
  const ended = (status: 'FAILED' | 'SKIPPED', at: Date | null) =>
    one.status === status ? iso(at ?? one.attemptedAt) : null
  return {
    transactionId: one.callId,
    ...{ channel: one.channel, skill: one.skill },
    ...{ initialChannel: one.initialChannel, initialSkill: one.initialSkill },
    ...{ handOffId: one.handoffId, ivrNumber: one.ivrNumber, proactiveCampaignId: null },
    ...{ consumerId: one.consumerId, conversationId: one.conversationId },
    attemptedTime: iso(one.attemptedAt),
    eligibleTime: one.eligible ? iso(one.attemptedAt) : null,
    inviteTime: iso(one.invitedAt),
    ...{ sentTime: iso(one.sentAt), deliveredTime: iso(one.deliveredAt), readTime: iso(one.readAt) },
    ...{ failedTime: ended('FAILED', one.failedAt), skippedTime: ended('SKIPPED', one.skippedAt) },
    ...{ cancelledTime: null, optInsTime: null, optOutsTime: iso(one.optedOutAt) },
    conversationsCreatedTime: iso(one.conversationCreatedAt),
    conversationsClosedTime: iso(one.conversationClosedAt),
    errorCode: one.error?.code ?? null,
    errorMessage: one.error?.message ?? null,
    errorSource: one.error?.source ?? null,
    ...(version === 'v2' ? { messageStatus: one.status } : {}),
    csat: one.csat === null ? null : one.csat.toFixed(1),
    ...{ handOffTitle: one.handoffTitle, firstMessage: one.firstMessage, overrideMessage: one.overrideMessage },
    templateName: one.template,
    sdes: one.hasSdes,
    triedChannels: [...one.triedChannels],
    refusals: one.refusals.map(({ channel, code, sentence }) => ({ channel, code, message: sentence })),
  }
}
