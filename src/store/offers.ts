import { vanishSeconds } from '../domain/presence.ts'
import type { Routing, WaitingConversation } from '../domain/routing.ts'
import { passRestSeconds } from '../domain/routing.ts'
import type { WorkedConversation } from './conversation-work.ts'
import type { DbOrTx } from './db.ts'
import { touchConversation } from './touched.ts'

export interface ConversationName {
  readonly accountId: string
  readonly conversationId: string
}

const nameOf = (row: { account_id: string; conversation_id: string }): ConversationName => ({
  accountId: row.account_id,
  conversationId: row.conversation_id,
})

/** Whether the person of a presence row is offline, or is no user any more. */
const offline = (db: DbOrTx) => db`(p.user_id is null or p.status = 'offline' or not coalesce(u.enabled, false))`
/** The same, or they have given no sign of life. */
const gone = (db: DbOrTx) => db`
  (${offline(db)} or p.seen_at < now() - make_interval(secs => ${vanishSeconds}))`

/** Assigned conversations whose owner is offline: who is silent is made so first, where silence counts. @param accountId null: of all brands. */
export async function ownersGone(
  db: DbOrTx,
  accountId: string | null,
  limit: number,
): Promise<readonly ConversationName[]> {
  const rows = await db<{ account_id: string; conversation_id: string }[]>`
    select c.account_id, c.conversation_id from conversations c
      left join presences p on p.account_id = c.account_id and p.user_id = c.owner_id
      left join users u on u.account_id = c.account_id and u.user_id = c.owner_id
    where c.state = 'assigned' and ${offline(db)} and (${accountId}::text is null or c.account_id = ${accountId})
    limit ${limit}`
  return rows.map(nameOf)
}

/** Offers whose countdown has run out, or whose agent is not online any more. @param accountId null: of all brands. */
export async function offersOver(
  db: DbOrTx,
  accountId: string | null,
  limit: number,
): Promise<readonly ConversationName[]> {
  const rows = await db<{ account_id: string; conversation_id: string }[]>`
    select c.account_id, c.conversation_id from conversations c
      left join presences p on p.account_id = c.account_id and p.user_id = c.offered_to
      left join users u on u.account_id = c.account_id and u.user_id = c.offered_to
    where c.offered_to is not null and (c.offered_until <= clock_timestamp() or p.status = 'away' or ${gone(db)})
      and (${accountId}::text is null or c.account_id = ${accountId})
    limit ${limit}`
  return rows.map(nameOf)
}

/** The brands in which something waits to be offered and somebody is online. */
export async function accountsToRoute(db: DbOrTx): Promise<readonly string[]> {
  const rows = await db<{ account_id: string }[]>`
    select a.account_id from accounts a
    where exists(select from conversations c join skills k using (account_id, skill_id)
        where c.account_id = a.account_id and c.state = 'queued' and c.offered_to is null
          and (k.routing = 'offer' or c.preferred_agent is not null))
      and exists(select from presences p where p.account_id = a.account_id and p.status = 'online')`
  return rows.map((row) => row.account_id)
}

/**
 * What waits in the queues of these skills, is offered to nobody and could be to these agents: those whose turn it is in
 * each skill, at most `limit` of each, so that a crowd in one holds up no other. In no order.
 */
export async function waitingForOffer(
  db: DbOrTx,
  accountId: string,
  among: { readonly skillIds: readonly string[]; readonly agentIds: readonly string[] },
  limit: number,
): Promise<readonly WaitingConversation[]> {
  const rows = await db<
    {
      conversation_id: string
      skill_id: string
      routing: Routing
      priority: number
      queued_at: Date
      preferred_agent: string | null
      passed: { userId: string; at: string }[]
    }[]
  >`
    select c.conversation_id, k.skill_id, k.routing, c.priority, c.queued_at, c.preferred_agent,
      coalesce((select jsonb_agg(jsonb_build_object('userId', o.user_id, 'at', o.ended_at)) from conversation_offers o
        where o.account_id = ${accountId} and o.conversation_id = c.conversation_id and o.outcome in ('declined', 'expired')
          and o.ended_at > now() - make_interval(secs => ${passRestSeconds})), '[]') as passed
    from skills k cross join lateral (
      select conversation_id, priority, queued_at, preferred_agent from conversations
      where account_id = ${accountId} and skill_id = k.skill_id and state = 'queued' and offered_to is null
        and (k.routing = 'offer' or preferred_agent = any(${[...among.agentIds]}::uuid[]))
      order by priority desc, queued_at, conversation_id limit ${limit}) c
    where k.account_id = ${accountId} and k.skill_id = any(${[...among.skillIds]}::uuid[])`
  return rows.map((row) => ({
    conversationId: row.conversation_id,
    skillId: row.skill_id,
    routing: row.routing,
    priority: row.priority,
    queuedAt: row.queued_at,
    lastAgentId: row.preferred_agent,
    passed: row.passed.map(({ userId, at }) => ({ userId, at: new Date(at) })),
  }))
}

/** Offers a queued conversation, locked by this tx and offered to nobody, to an agent locked by it who has room. */
export async function makeOffer(
  tx: DbOrTx,
  accountId: string,
  { conversationId }: Pick<WorkedConversation, 'conversationId'>,
  offer: { readonly userId: string; readonly seconds: number },
): Promise<void> {
  await tx`
    update conversations set offered_to = ${offer.userId}, version = version + 1,
      offered_until = clock_timestamp() + make_interval(secs => ${offer.seconds})
    where account_id = ${accountId} and conversation_id = ${conversationId}`
  await tx`
    insert into conversation_offers (account_id, conversation_id, offered_at, user_id)
    values (${accountId}, ${conversationId}, clock_timestamp(), ${offer.userId})`
  await tx`update presences set given_at = now() where account_id = ${accountId} and user_id = ${offer.userId}`
  touchConversation(tx, accountId, conversationId)
}

/** Whether the person declined this conversation so lately that the second click of a double click asks. */
export async function declinedLately(
  db: DbOrTx,
  accountId: string,
  conversationId: string,
  userId: string,
): Promise<boolean> {
  const rows = await db`
    select 1 from conversation_offers
    where account_id = ${accountId} and conversation_id = ${conversationId} and user_id = ${userId}
      and outcome = 'declined' and ended_at > now() - make_interval(secs => ${passRestSeconds}) limit 1`
  return rows.length > 0
}
