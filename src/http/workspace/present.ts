import type { Static } from 'typebox'
import { failures } from '../../channels/failures.ts'
import type { ConversationMessage } from '../../store/conversation-messages.ts'
import type { CallBehind, ConversationView } from '../../store/conversation-views.ts'
import type { conversationAnswer, messageAnswer, wholeConversationAnswer } from './answers.ts'

const timeOf = (at: Date | null): string | null => at?.toISOString() ?? null

/** A conversation as it leaves the house. */
export function presentConversation(view: ConversationView): Static<typeof conversationAnswer> {
  return {
    conversationId: view.conversationId,
    state: view.state,
    channel: view.channel,
    skill: { skillId: view.skillId, name: view.skill },
    sender: { title: view.sender.title, address: view.sender.address },
    consumer: {
      address: view.address,
      phone: view.consumerPhone,
      name: view.consumerName,
      optedOut: view.consumerOptedOut,
    },
    owner: view.owner,
    callId: view.callId,
    openedAt: view.openedAt.toISOString(),
    queuedAt: view.queuedAt.toISOString(),
    takenAt: timeOf(view.takenAt),
    closedAt: timeOf(view.closedAt),
    closedBy: view.closedBy,
    lastInboundAt: timeOf(view.lastInboundAt),
    lastMessageAt: view.lastMessageAt.toISOString(),
    version: view.version,
    priority: view.priority,
    unread: view.unread,
    waitingSince: timeOf(view.waitingSince),
    lastText: view.lastText === '' && view.lastFile !== null ? fileWord(view.lastFile) : view.lastText,
    lastDirection: view.lastDirection,
    tags: [...view.tags],
    offer: view.offer && { userId: view.offer.userId, until: view.offer.until.toISOString() },
    joined: [...view.joined],
    survey: view.survey && { asked: view.survey.asked.toISOString(), score: view.survey.score },
    returnedFor: view.returnedFor,
  }
}

/** A message as it leaves the house, its failure in words. */
export function presentMessage(message: ConversationMessage): Static<typeof messageAnswer> {
  return {
    messageId: message.messageId,
    number: message.number,
    direction: message.direction,
    kind: message.kind,
    channel: message.channel,
    text: message.text,
    media: message.media.map(({ url, contentType, fileName }, place) => ({
      url: message.direction === 'in' ? mediaPath(message, place) : url,
      contentType,
      fileName: fileName ?? null,
    })),
    author: message.author,
    clientId: message.clientId,
    status: message.status,
    failure:
      message.failureKind === null ? null : { kind: message.failureKind, sentence: sentenceOf(message.failureKind) },
    createdAt: message.createdAt.toISOString(),
    sentAt: timeOf(message.sentAt),
    deliveredAt: timeOf(message.deliveredAt),
    readAt: timeOf(message.readAt),
    failedAt: timeOf(message.failedAt),
  }
}

/** Where a file that the consumer sent can be had here: the provider's own address needs its credentials. */
/** What a list says of a file that came without words. */
const fileWord = (contentType: string): string =>
  contentType.startsWith('image/') ? 'Picture' : contentType.startsWith('audio/') ? 'Voice note' : 'File'

const mediaPath = ({ conversationId, messageId }: ConversationMessage, place: number): string =>
  `/api/workspace/conversations/${conversationId}/messages/${messageId}/media/${place}`

/** What the call knew, as it leaves the house. */
export function presentCall(call: CallBehind): NonNullable<Static<typeof wholeConversationAnswer>['call']> {
  return {
    callId: call.callId,
    attemptedAt: call.attemptedAt.toISOString(),
    invitedAt: timeOf(call.invitedAt),
    ivrNumber: call.ivrNumber,
    handoffId: call.handoffId,
    handoffTitle: call.handoffTitle,
    handoffVersion: call.handoffVersion,
    inviteText: call.inviteText,
    // Whatever is stored came with an authenticated eligibility call of the brand itself.
    sdes: { verified: true, ctmrinfo: call.sdes?.ctmrinfo ?? null, personal: call.sdes?.personal ?? null },
  }
}

function sentenceOf(kind: string): string {
  return Object.hasOwn(failures, kind)
    ? failures[kind as keyof typeof failures].sentence
    : 'It could not be found out whether the message arrived.'
}
