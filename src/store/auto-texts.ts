import { type AutoTextKind, mayTell } from '../domain/auto-text.ts'
import type { Channel } from '../domain/channel.ts'
import type { DbOrTx } from './db.ts'
import { isOptedOutIn } from './opt-outs.ts'
import { createOutgoing } from './outgoing.ts'

/** A conversation and what is said in it automatically. */
export interface AutoText {
  readonly conversationId: string
  readonly senderId: string
  readonly channel: Channel
  readonly address: string
  readonly kind: AutoTextKind
  readonly body: string
  /** In-app: the title of the push. */
  readonly title: string | null
  readonly expiresAt: Date
}

/**
 * Says something automatically, under `lockConsumer`, unless the consumer has stopped or has heard enough of our robot.
 * That it was due is noted either way, so that it is not asked again and again.
 * @returns the message's id; null when nothing was said.
 */
export async function tellAutomatically(tx: DbOrTx, accountId: string, text: AutoText): Promise<string | null> {
  const { kind, body, title, expiresAt, ...to } = text
  const messageId = (await isTold(tx, accountId, text))
    ? (await createOutgoing(tx, accountId, { ...to, callId: null, kind: 'auto', body, title, expiresAt })).messageId
    : null
  await tx`
    insert into auto_texts (account_id, conversation_id, name, message_id)
    values (${accountId}, ${to.conversationId}, ${kind}, ${messageId})
    on conflict (account_id, conversation_id, name) do update set message_id = excluded.message_id, at = now()`
  return messageId
}

async function isTold(tx: DbOrTx, accountId: string, { address, conversationId }: AutoText): Promise<boolean> {
  if (await isOptedOutIn(tx, accountId, conversationId)) return false
  const [row] = await tx<[{ within_hour: number; within_day: number }]>`
    select count(*) filter (where created_at > now() - interval '1 hour')::integer as within_hour,
      count(*)::integer as within_day
    from messages where account_id = ${accountId} and address = ${address} and direction = 'out' and kind = 'auto'
      and created_at > now() - interval '1 day'`
  return mayTell({ withinHour: row.within_hour, withinDay: row.within_day })
}

/** When a text was last due in a conversation; null: never. */
export async function lastTold(
  db: DbOrTx,
  accountId: string,
  conversationId: string,
  kind: AutoTextKind,
): Promise<Date | null> {
  const [row] = await db<{ at: Date }[]>`
    select at from auto_texts
    where account_id = ${accountId} and conversation_id = ${conversationId} and name = ${kind}`
  return row?.at ?? null
}

/** Where a page of those who wait ends: since when, to the microsecond as the database writes it, and the id. */
export interface WaitingPlace {
  readonly queuedAt: string
  readonly conversationId: string
}

export interface UntoldConversation extends WaitingPlace {
  readonly accountId: string
  readonly skillId: string
  readonly senderId: string
}

/**
 * Conversations that have waited long enough, in which the text for those who wait was not due yet, over all brands; who
 * has waited least goes first.
 */
export async function waitingUntold(
  db: DbOrTx,
  after: WaitingPlace | null,
  limit: number,
): Promise<readonly UntoldConversation[]> {
  const rows = await db<
    { account_id: string; conversation_id: string; skill_id: string; sender_id: string; place: string }[]
  >`
    select c.account_id, c.conversation_id, c.skill_id, c.sender_id, c.queued_at::text as place
    from conversations c join skills k using (account_id, skill_id) join settings s using (account_id)
    where c.state = 'queued' and c.queued_at < now() - make_interval(mins => s.waiting_after_minutes)
      and coalesce(k.texts->>'waiting', s.texts->>'waiting', '') <> ''
      and not exists(select from auto_texts t where t.account_id = c.account_id
        and t.conversation_id = c.conversation_id and t.name = 'waiting')
      ${after === null ? db`` : db`and (c.queued_at, c.conversation_id) < (${after.queuedAt}::timestamptz, ${after.conversationId}::uuid)`}
    order by c.queued_at desc, c.conversation_id desc limit ${limit}`
  return rows.map((row) => ({
    accountId: row.account_id,
    conversationId: row.conversation_id,
    skillId: row.skill_id,
    senderId: row.sender_id,
    queuedAt: row.place,
  }))
}
