import { createHash, randomBytes } from 'node:crypto'
import type { Role, UserCaller } from '../domain/caller.ts'
import type { DbOrTx } from './db.ts'
import { touchRights } from './touched.ts'

/**
 * How long a session lives. One signing-in a shift: the longest shift with overtime and change-over is 16 hours. Two
 * idle hours outlast a long break; an open page asks the server all the time, so only a closed one grows idle.
 */
export const sessionHours = { idle: 2, absolute: 16 }

const tokenPattern = /^([0-9]{1,20})\.([\w-]{43})$/
const hashOf = (secret: string) => createHash('sha256').update(secret).digest()

/**
 * Begins a session. The token, `<accountId>.<32 random bytes>`, is returned once; only its SHA-256 is stored, which
 * suffices because the token is random (a copy of the database signs nobody in).
 */
export async function beginSession(db: DbOrTx, accountId: string, userId: string): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  await db`
    insert into sessions (account_id, session_hash, user_id, expires_at)
    values (${accountId}, ${hashOf(secret)}, ${userId}, now() + make_interval(hours => ${sessionHours.absolute}))`
  return `${accountId}.${secret}`
}

/**
 * Who a session token stands for, read anew each time: a disabled user, a changed role and a disabled account take
 * effect with the next request. Null when the token is unknown, ended, expired or idle for too long.
 */
export async function callerOfSession(db: DbOrTx, token: string): Promise<UserCaller | null> {
  const [, accountId, secret] = tokenPattern.exec(token) ?? []
  if (accountId === undefined || secret === undefined) return null
  const [row] = await db<{ user_id: string; name: string; role: Role; stale: boolean }[]>`
    select u.user_id, u.name, u.role, s.seen_at < now() - interval '1 minute' as stale
    from sessions s join users u using (account_id, user_id) join accounts a using (account_id)
    where s.account_id = ${accountId} and s.session_hash = ${hashOf(secret)} and s.expires_at > now()
      and s.seen_at > now() - make_interval(hours => ${sessionHours.idle}) and u.enabled and a.enabled and u.role <> 'internal'`
  if (row === undefined) return null
  // Once a minute is exact enough for two hours, and spares a write for every request.
  if (row.stale) {
    await db`update sessions set seen_at = now() where account_id = ${accountId} and session_hash = ${hashOf(secret)}`
  }
  return { kind: 'user', accountId, userId: row.user_id, name: row.name, role: row.role }
}

/** The same for many at once, in one question. @returns by their tokens; who may no longer be signed in is missing. */
export async function callersOfSessions(
  db: DbOrTx,
  tokens: readonly string[],
): Promise<ReadonlyMap<string, UserCaller>> {
  const known = tokens.flatMap((token) => {
    const [, accountId, secret] = tokenPattern.exec(token) ?? []
    if (accountId === undefined || secret === undefined) return []
    // As text: the driver makes no array of buffers.
    return [{ token, accountId, hash: `\\x${hashOf(secret).toString('hex')}` }]
  })
  const rows = await db<{ place: string; account_id: string; user_id: string; name: string; role: Role }[]>`
    with asked as (
      select * from unnest(${known.map((one) => one.accountId)}::text[], ${known.map((one) => one.hash)}::bytea[])
        with ordinality as one(account_id, session_hash, place)),
    seen as (
      update sessions s set seen_at = now() from asked
      where s.account_id = asked.account_id and s.session_hash = asked.session_hash and s.expires_at > now()
        and s.seen_at between now() - make_interval(hours => ${sessionHours.idle}) and now() - interval '1 minute')
    select asked.place, asked.account_id, u.user_id, u.name, u.role
    from asked join sessions s using (account_id, session_hash) join users u using (account_id, user_id)
      join accounts a using (account_id)
    where s.expires_at > now() and s.seen_at > now() - make_interval(hours => ${sessionHours.idle})
      and u.enabled and a.enabled and u.role <> 'internal'`
  return new Map(
    rows.map(({ place, account_id, user_id, name, role }) => [
      known[Number(place) - 1]!.token,
      { kind: 'user', accountId: account_id, userId: user_id, name, role },
    ]),
  )
}

/** Ends one session, and its live streams with it. An unknown token is nothing to end. */
export async function endSession(tx: DbOrTx, token: string): Promise<void> {
  const [, accountId, secret] = tokenPattern.exec(token) ?? []
  if (accountId === undefined || secret === undefined) return
  const [ended] = await tx<{ user_id: string }[]>`
    delete from sessions where account_id = ${accountId} and session_hash = ${hashOf(secret)} returning user_id`
  if (ended !== undefined) touchRights(tx, accountId, ended.user_id)
}

/** Whether a person is signed in anywhere. */
export async function hasSession(db: DbOrTx, accountId: string, userId: string): Promise<boolean> {
  const rows = await db`
    select 1 from sessions where account_id = ${accountId} and user_id = ${userId} and expires_at > now()
      and seen_at > now() - make_interval(hours => ${sessionHours.idle}) limit 1`
  return rows.length > 0
}

/** Signs a user out everywhere: after a changed password, or when an administrator wants it. */
export async function endSessionsOf(tx: DbOrTx, accountId: string, userId: string): Promise<void> {
  const { count } = await tx`delete from sessions where account_id = ${accountId} and user_id = ${userId}`
  if (count > 0) touchRights(tx, accountId, userId)
}

/** Removes what can never sign anybody in again. @returns how many. */
export async function deleteDeadSessions(db: DbOrTx): Promise<number> {
  const dead = await db`
    delete from sessions
    where expires_at < now() or seen_at < now() - make_interval(hours => ${sessionHours.idle}) returning 1`
  return dead.length
}
