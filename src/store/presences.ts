import type { UserCaller } from '../domain/caller.ts'
import { handlingRoles } from '../domain/handling-roles.ts'
import { type Presence, vanishSeconds } from '../domain/presence.ts'
import type { RoutedAgent } from '../domain/routing.ts'
import type { DbOrTx } from './db.ts'
import { touchAgent } from './touched.ts'

/** Agents that every account begins with; `settings` may say otherwise once they were saved. */
const usualCapacity = 5

/** Sets a person's presence, which is a sign of life too. @returns whether it is another than before. */
export async function putPresence(tx: DbOrTx, accountId: string, userId: string, status: Presence): Promise<boolean> {
  // Looked at apart: within one statement the row would be read after its change.
  const [before] = await tx<{ status: Presence }[]>`
    select status from presences where account_id = ${accountId} and user_id = ${userId} for update`
  await tx`
    insert into presences (account_id, user_id, status) values (${accountId}, ${userId}, ${status})
    on conflict (account_id, user_id) do update set status = excluded.status, seen_at = now(),
      changed_at = case when presences.status = excluded.status then presences.changed_at else now() end`
  const changed = (before?.status ?? 'offline') !== status
  if (changed) touchAgent(tx, accountId, userId)
  return changed
}

/** A sign of life of people's pages. It changes nothing that anybody sees. */
export async function seePresences(db: DbOrTx, callers: readonly UserCaller[]): Promise<void> {
  if (callers.length === 0) return
  await db`
    update presences p set seen_at = now()
    from (select distinct account_id, user_id from unnest(${callers.map((caller) => caller.accountId)}::text[],
      ${callers.map((caller) => caller.userId)}::uuid[]) as seen(account_id, user_id)) seen
    where p.account_id = seen.account_id and p.user_id = seen.user_id and p.status <> 'offline'`
}

/** Begins everybody's minute anew: nobody could give a sign of life for a while, so nobody's silence means anything. */
export async function excuseSilence(db: DbOrTx): Promise<void> {
  await db`update presences set seen_at = now() where status <> 'offline' and seen_at < now()`
}

export interface AgentName {
  readonly accountId: string
  readonly userId: string
}

/** People who have given no sign of life for too long, over all brands. */
export async function vanishedAgents(db: DbOrTx, limit: number): Promise<readonly AgentName[]> {
  const rows = await db<{ account_id: string; user_id: string }[]>`
    select account_id, user_id from presences
    where status <> 'offline' and seen_at < now() - make_interval(secs => ${vanishSeconds}) limit ${limit}`
  return rows.map((row) => ({ accountId: row.account_id, userId: row.user_id }))
}

/** Makes a vanished person offline, unless a sign of life came meanwhile. @returns whether it did. */
export async function expirePresence(tx: DbOrTx, { accountId, userId }: AgentName): Promise<boolean> {
  const rows = await tx`
    update presences set status = 'offline', changed_at = now()
    where account_id = ${accountId} and user_id = ${userId} and status <> 'offline'
      and seen_at < now() - make_interval(secs => ${vanishSeconds}) returning 1`
  if (rows.length > 0) touchAgent(tx, accountId, userId)
  return rows.length > 0
}

interface FactsRow {
  user_id: string
  presence: Presence
  capacity: number
  load: number
  skill_ids: string[]
  given_at: Date | null
}

const routedOf = (row: FactsRow): RoutedAgent => ({
  userId: row.user_id,
  presence: row.presence,
  capacity: row.capacity,
  load: row.load,
  skillIds: row.skill_ids,
  lastGivenAt: row.given_at,
})

/** @param exceptId a conversation that does not count. */
const facts = (db: DbOrTx, exceptId: string | null) => db`
  select u.user_id,
    case when p.seen_at < now() - make_interval(secs => ${vanishSeconds}) then 'offline' else p.status end as presence,
    coalesce(u.capacity, s.agent_capacity, ${usualCapacity})::integer as capacity, p.given_at,
    ((select count(*) from conversations c where c.account_id = u.account_id and c.owner_id = u.user_id
        and c.state = 'assigned' and c.conversation_id is distinct from ${exceptId}::uuid)
      + (select count(*) from conversations c where c.account_id = u.account_id and c.offered_to = u.user_id
        and c.conversation_id is distinct from ${exceptId}::uuid))::integer as load,
    array(select k.skill_id from user_skills k where k.account_id = u.account_id and k.user_id = u.user_id) as skill_ids
  from presences p join users u using (account_id, user_id) left join settings s using (account_id)
  where u.enabled and u.role = any(${[...handlingRoles]})`

/**
 * What decides whether this agent can be given one more conversation. The agent's row stays locked until the tx ends, so
 * that two who give at once see each other's gift: lock the conversation before, and one agent only, or two could wait
 * for each other.
 * @param exceptId the conversation to be given, which must not count against its own owner.
 * @returns null when nobody of this id was ever there, or they may not handle conversations.
 */
export async function lockAgent(
  tx: DbOrTx,
  accountId: string,
  userId: string,
  exceptId: string | null,
): Promise<RoutedAgent | null> {
  await tx`select 1 from presences where account_id = ${accountId} and user_id = ${userId} for update`
  // A statement of its own: it sees what was committed while this one waited for the row.
  const [row] = await tx<FactsRow[]>`${facts(tx, exceptId)} and u.account_id = ${accountId} and u.user_id = ${userId}`
  return row === undefined ? null : routedOf(row)
}

/** Everybody who is online, as a plan needs them. */
export async function agentsOnline(db: DbOrTx, accountId: string): Promise<readonly RoutedAgent[]> {
  const rows = await db<FactsRow[]>`
    ${facts(db, null)} and u.account_id = ${accountId} and p.status = 'online'
      and p.seen_at >= now() - make_interval(secs => ${vanishSeconds})`
  return rows.map(routedOf)
}
