import type { Role } from '../domain/caller.ts'
import type { DbOrTx } from './db.ts'
import { touchAgent, touchEverything, touchRights } from './touched.ts'

/** A person who signs in. The account's internal user is no person and is never returned here. */
export interface User {
  readonly userId: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly enabled: boolean
  /** Conversations at once; null: the account's. */
  readonly capacity: number | null
  /** The skills whose queues this user may take from. */
  readonly skillIds: readonly string[]
  readonly createdAt: Date
}

/** What signing in needs to know; never leaves the process. */
export interface SignInUser {
  readonly accountId: string
  readonly userId: string
  readonly passwordHash: string | null
  readonly enabled: boolean
}

interface UserRow {
  user_id: string
  email: string
  name: string
  role: Role
  enabled: boolean
  capacity: number | null
  skill_ids: string[]
  created_at: Date
}

const userOf = (row: UserRow): User => ({
  userId: row.user_id,
  email: row.email,
  name: row.name,
  role: row.role,
  enabled: row.enabled,
  capacity: row.capacity,
  skillIds: row.skill_ids,
  createdAt: row.created_at,
})

const columns = (db: DbOrTx) => db`
  u.user_id, u.email, u.name, u.role, u.enabled, u.capacity, u.created_at,
  array(select s.skill_id from user_skills s where s.account_id = u.account_id and s.user_id = u.user_id order by s.skill_id) as skill_ids`

export async function listUsers(db: DbOrTx, accountId: string): Promise<readonly User[]> {
  const rows = await db<UserRow[]>`
    select ${columns(db)} from users u where u.account_id = ${accountId} and u.role <> 'internal' order by u.email`
  return rows.map(userOf)
}

export async function findUser(db: DbOrTx, accountId: string, userId: string): Promise<User | null> {
  const [row] = await db<UserRow[]>`
    select ${columns(db)} from users u
    where u.account_id = ${accountId} and u.user_id = ${userId} and u.role <> 'internal'`
  return row === undefined ? null : userOf(row)
}

/**
 * Those who might be signing in with this email, in one account or, when the person names none, in any.
 * The one query of people that names no account: nobody has said yet who asks. At most three are read.
 */
export async function usersByEmail(
  db: DbOrTx,
  email: string,
  accountId: string | null,
): Promise<readonly SignInUser[]> {
  const rows = await db<{ account_id: string; user_id: string; password_hash: string | null; enabled: boolean }[]>`
    select u.account_id, u.user_id, u.password_hash, u.enabled and a.enabled as enabled
    from users u join accounts a using (account_id)
    where lower(u.email) = lower(${email}) and (${accountId}::text is null or u.account_id = ${accountId}) and u.role <> 'internal'
    order by u.account_id limit 3`
  return rows.map((row) => ({
    accountId: row.account_id,
    userId: row.user_id,
    passwordHash: row.password_hash,
    enabled: row.enabled,
  }))
}

/**
 * Adds a person.
 * @returns false when the account has a user with this email already (case does not matter).
 */
export async function insertUser(
  db: DbOrTx,
  accountId: string,
  user: { userId: string; email: string; name: string; role: Role; passwordHash: string | null },
): Promise<boolean> {
  const rows = await db`
    insert into users (account_id, user_id, email, name, role, password_hash)
    values (${accountId}, ${user.userId}, ${user.email}, ${user.name}, ${user.role}, ${user.passwordHash})
    on conflict (account_id, lower(email)) do nothing returning 1`
  if (rows.length > 0) touchEverything(db, accountId)
  return rows.length > 0
}

/**
 * Changes what is given and leaves the rest. Sessions read the user at every request, so a new role or a disabled user
 * takes effect with the next one; end the sessions besides (`endSessionsOf`) when the password changed.
 * @returns false when there is no such user.
 */
export async function updateUser(
  db: DbOrTx,
  accountId: string,
  userId: string,
  change: { name?: string; role?: Role; enabled?: boolean; passwordHash?: string; capacity?: number | null },
): Promise<boolean> {
  const [row] = await db<{ seen: boolean }[]>`
    with before as (
      select name, role, enabled from users
      where account_id = ${accountId} and user_id = ${userId} and role <> 'internal' for update)
    update users u set name = coalesce(${change.name ?? null}, u.name), role = coalesce(${change.role ?? null}, u.role),
      enabled = coalesce(${change.enabled ?? null}::boolean, u.enabled),
      capacity = case when ${change.capacity === undefined} then u.capacity else ${change.capacity ?? null}::integer end,
      password_hash = coalesce(${change.passwordHash ?? null}, u.password_hash)
    from before where u.account_id = ${accountId} and u.user_id = ${userId}
    returning (u.name, u.role, u.enabled) is distinct from (before.name, before.role, before.enabled) as seen`
  if (row?.seen) touchEverything(db, accountId)
  if (row !== undefined && change.capacity !== undefined) touchAgent(db, accountId, userId)
  return row !== undefined
}

/** Replaces the skills of a user. Skills of another account do not exist here and violate a foreign key. */
export async function setUserSkills(
  tx: DbOrTx,
  accountId: string,
  userId: string,
  skillIds: readonly string[],
): Promise<void> {
  await tx`delete from user_skills where account_id = ${accountId} and user_id = ${userId} and skill_id <> all(${[...skillIds]}::uuid[])`
  await tx`
    insert into user_skills (account_id, user_id, skill_id)
    select ${accountId}, ${userId}, skill_id from unnest(${[...skillIds]}::uuid[]) skill_id
    on conflict do nothing`
  touchRights(tx, accountId, userId)
}
