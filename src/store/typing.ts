import type { DbOrTx } from './db.ts'

/** Somebody is typing in a conversation: of no number, kept nowhere, and told to whoever hears it. */
export interface Typing {
  readonly accountId: string
  readonly conversationId: string
  readonly by: 'consumer' | { readonly userId: string }
}

export const typingChannel = 'workspace_typing'

/** Says that an agent is typing, to the pages that show the conversation. */
export async function sayAgentTypes(
  db: DbOrTx,
  accountId: string,
  conversationId: string,
  userId: string,
): Promise<void> {
  await db`select pg_notify(${typingChannel}, ${`${accountId}/${conversationId}/${userId}`})`
}

/** Says that the consumer is typing, if they have an open conversation in the app. */
export async function sayConsumerTypes(db: DbOrTx, accountId: string, address: string): Promise<void> {
  await db`
    select pg_notify(${typingChannel}, account_id || '/' || conversation_id || '/consumer') from conversations
    where account_id = ${accountId} and address = ${address} and channel = 'inapp' and state <> 'closed'`
}

/** What was said on the channel; null when it is not of this form. */
export function typingOf(said: string): Typing | null {
  const [accountId, conversationId, by] = said.split('/')
  if (accountId === undefined || conversationId === undefined || by === undefined) return null
  return { accountId, conversationId, by: by === 'consumer' ? by : { userId: by } }
}
