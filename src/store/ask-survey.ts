import type { AccountConfig } from '../domain/account.ts'
import { noTexts, wordsOf } from '../domain/auto-text.ts'
import { windowFacts } from '../domain/message-window.ts'
import { senderWorks } from '../domain/sender.ts'
import { surveyAnswerHours } from '../domain/survey.ts'
import { tellAutomatically } from './auto-texts.ts'
import type { WorkedConversation } from './conversation-work.ts'
import type { DbOrTx } from './db.ts'
import { insertSurvey } from './surveys.ts'

/**
 * Asks the consumer of a conversation that this tx closes how it was, where the skill wants that, somebody has handled it
 * and free text can go.
 * @param limits of the sender's connector.
 */
export async function askSurvey(
  tx: DbOrTx,
  account: AccountConfig | null,
  conversation: WorkedConversation,
  limits: Parameters<typeof windowFacts>[0],
  now: Date,
): Promise<void> {
  const skill = account?.skills.get(conversation.skillId)
  const sender = account?.senders.get(conversation.senderId)
  if (account === null || skill?.surveyOn !== true || sender === undefined || !senderWorks(sender)) return
  if (conversation.handledBy === null || windowFacts(limits, conversation.lastInboundAt, now).windowClosed) return
  const { accountId } = account
  const body = wordsOf('survey', skill.texts, account.settings?.texts ?? noTexts)
  if (body === null) return
  const { conversationId, senderId, channel, address } = conversation
  const messageId = await tellAutomatically(tx, accountId, {
    ...{ conversationId, senderId, channel, address, kind: 'survey', body },
    title: channel === 'inapp' ? account.title : null,
    expiresAt: new Date(now.getTime() + (surveyAnswerHours / 2) * 3_600_000),
  })
  if (messageId !== null) await insertSurvey(tx, accountId, { conversationId, messageId })
}
