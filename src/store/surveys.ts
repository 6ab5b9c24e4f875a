import { surveyAnswerHours } from '../domain/survey.ts'
import type { DbOrTx } from './db.ts'
import { touchConversation } from './touched.ts'

/** Notes that the consumer of a closed conversation was asked how it was. */
export async function insertSurvey(
  tx: DbOrTx,
  accountId: string,
  survey: { readonly conversationId: string; readonly messageId: string },
): Promise<void> {
  await tx`
    insert into surveys (account_id, conversation_id, message_id, answerable_until)
    values (${accountId}, ${survey.conversationId}, ${survey.messageId},
      now() + make_interval(hours => ${surveyAnswerHours}))
    on conflict (account_id, conversation_id) do nothing`
  touchConversation(tx, accountId, survey.conversationId)
}

/** Records the consumer's score, 1 to 5, also with the call that opened the conversation; a later one replaces it. */
export async function recordScore(
  tx: DbOrTx,
  accountId: string,
  answer: { readonly conversationId: string; readonly score: number; readonly at: Date },
): Promise<void> {
  await tx`
    update surveys set score = ${answer.score}, answered_at = ${answer.at}
    where account_id = ${accountId} and conversation_id = ${answer.conversationId}`
  await tx`
    update calls set csat = ${answer.score}
    where account_id = ${accountId} and conversation_id = ${answer.conversationId} and conversation_created_at is not null`
  touchConversation(tx, accountId, answer.conversationId)
}
