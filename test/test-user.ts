import { randomUUID } from 'node:crypto'
import type { Role } from '../src/domain/caller.ts'
import type { Presence } from '../src/domain/presence.ts'
import { atomic, type Database } from '../src/store/db.ts'
import { hashPassword } from '../src/store/passwords.ts'
import { putPresence } from '../src/store/presences.ts'
import { beginSession } from '../src/store/sessions.ts'
import { insertUser, setUserSkills, updateUser } from '../src/store/users.ts'
import type { TestServer } from './test-server.ts'

export interface TestUser {
  readonly userId: string
  readonly email: string
  readonly role: Role
  readonly sessionToken: string
  /** Asks the server as this person's own page would: session cookie, Origin of our own, JSON in and out. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Parsed when the answer is JSON, else the text. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  readonly body: any
}

/**
 * A person of a brand who is signed in already. A password costs a third of a second of scrypt, so only those get one
 * whose test signs in by the door. They are online for as long as any test lasts, and have room, unless told otherwise.
 */
export async function testUser(
  server: Pick<TestServer, 'deps' | 'url'>,
  accountId: string,
  role: Role,
  options: {
    skills?: readonly string[]
    password?: string
    email?: string
    presence?: Presence
    capacity?: number | null
  } = {},
): Promise<TestUser> {
  const { db } = server.deps
  const userId = randomUUID()
  const email = options.email ?? `${role}-${userId.slice(0, 8)}@brand.example`
  const passwordHash = options.password === undefined ? null : await hashOnce(options.password)
  await atomic(db, (tx) => insertUser(tx, accountId, { userId, email, name: `Test ${role}`, role, passwordHash }))
  await atomic(db, (tx) => setUserSkills(tx, accountId, userId, options.skills ?? []))
  await testPresence(db, accountId, userId, options)
  const sessionToken = await beginSession(db, accountId, userId)
  const cookie = `c2m-session=${sessionToken}`
  return {
    userId,
    email,
    role,
    sessionToken,
    ask: (method, path, body, headers = {}) =>
      ask(server.url + path, method, body, { cookie, origin: server.deps.publicUrl, ...headers }),
  }
}

/** Makes a user be there: `online`, with room for a hundred, and a sign of life that outlasts the test. */
export async function testPresence(
  db: Database,
  accountId: string,
  userId: string,
  { presence = 'online', capacity = 100 }: { presence?: Presence; capacity?: number | null } = {},
): Promise<void> {
  await atomic(db, async (tx) => {
    await updateUser(tx, accountId, userId, { capacity })
    await putPresence(tx, accountId, userId, presence)
    await tx`
      update presences set seen_at = now() + interval '1 hour'
      where account_id = ${accountId} and user_id = ${userId}`
  })
}

const hashes = new Map<string, Promise<string>>()
function hashOnce(password: string): Promise<string> {
  const known = hashes.get(password) ?? hashPassword(password)
  hashes.set(password, known)
  return known
}

/** One request; a header set to the empty string is left out. */
export async function ask(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const given = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }
  const response = await fetch(url, {
    method,
    headers: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
    redirect: 'manual',
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const json = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: json && text !== '' ? JSON.parse(text) : text }
}
