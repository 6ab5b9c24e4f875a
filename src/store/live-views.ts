import type { OpeningHours } from '../domain/opening-hours.ts'
import type { Presence } from '../domain/presence.ts'
import type { DbOrTx } from './db.ts'

/** A colleague as agents' pages show them. */
export interface AgentView {
  readonly userId: string
  readonly name: string
  readonly presence: Presence
  /** Conversations at once. */
  readonly capacity: number
  /** Conversations they own. */
  readonly load: number
  readonly skillIds: readonly string[]
  /** Since when they are offline; null while they are here, or when they never were. */
  readonly seenAt: Date | null
}

/** A skill and its queue as agents' pages show them. */
export interface SkillView {
  readonly skillId: string
  readonly name: string
  readonly waiting: number
  readonly waitingSince: Date | null
  readonly routing: 'pull' | 'offer'
  readonly offerSeconds: number
  readonly hours: OpeningHours | null
}

/** Agents that every account begins with; `settings` may say otherwise once they were saved. */
const usualCapacity = 5

/**
 * The enabled users in these roles, by name.
 * @param userIds null: all of them.
 */
export async function viewAgents(
  db: DbOrTx,
  accountId: string,
  roles: readonly string[],
  userIds: readonly string[] | null,
): Promise<readonly AgentView[]> {
  const ids = userIds === null ? null : [...userIds]
  const rows = await db<
    {
      user_id: string
      name: string
      status: Presence
      capacity: number
      load: number
      skill_ids: string[]
      seen_at: Date | null
    }[]
  >`
    select u.user_id, u.name, coalesce(p.status, 'offline') as status,
      coalesce(u.capacity, s.agent_capacity, ${usualCapacity})::integer as capacity,
      (select count(*)::integer from conversations c
        where c.account_id = u.account_id and c.owner_id = u.user_id and c.state = 'assigned') as load,
      array(select k.skill_id from user_skills k
        where k.account_id = u.account_id and k.user_id = u.user_id order by k.skill_id) as skill_ids,
      case when coalesce(p.status, 'offline') = 'offline' then p.changed_at end as seen_at
    from users u left join presences p using (account_id, user_id) left join settings s using (account_id)
    where u.account_id = ${accountId} and u.enabled and u.role = any(${[...roles]})
      and (${ids}::uuid[] is null or u.user_id = any(${ids}::uuid[]))
    order by u.name, u.user_id`
  return rows.map((row) => ({
    userId: row.user_id,
    name: row.name,
    presence: row.status,
    capacity: row.capacity,
    load: row.load,
    skillIds: row.skill_ids,
    seenAt: row.seen_at,
  }))
}

/**
 * Skills with their queues, by name.
 * @param skillIds null: all of them.
 */
export async function viewSkills(
  db: DbOrTx,
  accountId: string,
  skillIds: readonly string[] | null,
): Promise<readonly SkillView[]> {
  const ids = skillIds === null ? null : [...skillIds]
  const rows = await db<
    {
      skill_id: string
      name: string
      waiting: number
      since: Date | null
      routing: 'pull' | 'offer'
      offer_seconds: number
      hours: OpeningHours | null
    }[]
  >`
    select k.skill_id, k.name, k.routing, k.offer_seconds, k.hours, queue.waiting, queue.since
    from skills k cross join lateral (
      select count(*)::integer as waiting, min(c.queued_at) as since from conversations c
      where c.account_id = k.account_id and c.skill_id = k.skill_id and c.state = 'queued') queue
    where k.account_id = ${accountId} and (${ids}::uuid[] is null or k.skill_id = any(${ids}::uuid[]))
    order by k.name, k.skill_id`
  return rows.map((row) => ({
    skillId: row.skill_id,
    name: row.name,
    waiting: row.waiting,
    waitingSince: row.since,
    routing: row.routing,
    offerSeconds: row.offer_seconds,
    hours: row.hours,
  }))
}

/** A page holds no more; with more open, those that wait longest. */
const mostOpen = 2_000
export const mostClosed = 50

/**
 * The conversations that stand on a person's page, as `inSight` says, with the newest of the closed ones.
 * @param held the skills they hold; null: they oversee everything.
 */
export async function conversationsOnPage(
  db: DbOrTx,
  accountId: string,
  userId: string,
  held: readonly string[] | null,
): Promise<readonly string[]> {
  const open =
    held === null
      ? db`select conversation_id, queued_at from conversations where account_id = ${accountId} and state <> 'closed'`
      : db`
        select conversation_id, queued_at from conversations
        where account_id = ${accountId} and state = 'queued' and skill_id = any(${[...held]}::uuid[])
        union
        select conversation_id, queued_at from conversations
        where account_id = ${accountId} and state = 'queued' and offered_to = ${userId}
        union
        select conversation_id, queued_at from conversations
        where account_id = ${accountId} and state = 'assigned' and owner_id = ${userId}
        union
        select c.conversation_id, c.queued_at from conversation_joins j join conversations c using (account_id, conversation_id)
        where j.account_id = ${accountId} and j.user_id = ${userId} and c.state <> 'closed'`
  const rows = await db<{ conversation_id: string }[]>`
    (select conversation_id from (${open}) open order by queued_at, conversation_id limit ${mostOpen})
    union all
    (select conversation_id from conversations
      where account_id = ${accountId} and state = 'closed' ${held === null ? db`` : db`and handled_by = ${userId}`}
      order by closed_at desc, conversation_id desc limit ${mostClosed})`
  return rows.map((row) => row.conversation_id)
}
