import { randomUUID } from 'node:crypto'
import { offerConversations } from '../src/actions/offer-conversations.ts'
import { receive } from '../src/actions/receive.ts'
import { requeueVanished } from '../src/actions/requeue-vanished.ts'
import type { UserCaller } from '../src/domain/caller.ts'
import type { Clock } from '../src/domain/clock.ts'
import type { Presence } from '../src/domain/presence.ts'
import { Problem } from '../src/errors.ts'
import { atomic } from '../src/store/db.ts'
import { insertUser, setUserSkills } from '../src/store/users.ts'
import { type TestBrand, testBrand } from './test-brand.ts'
import { journalConnector, type TestConversation, testConversation } from './test-conversation.ts'
import { testDatabase } from './test-database.ts'
import { type TestServer, testServer } from './test-server.ts'
import { testPresence } from './test-user.ts'

/** A conversation as routing leaves it. */
export interface RoutedRow {
  readonly conversationId: string
  readonly state: 'queued' | 'assigned' | 'closed'
  readonly ownerId: string | null
  readonly offeredTo: string | null
  readonly skillId: string
  readonly returnedFor: string | null
  readonly preferred: string | null
  readonly closedBy: string | null
}

/** A server without workers, whose sweeps run when a test says so, with a provider that takes everything at once. */
export async function routingStage(options: { clock?: Clock } = {}) {
  const database = await testDatabase()
  // What is tried are locks and decisions, not disks.
  await database.open(1).unsafe(`alter database ${database.name} set synchronous_commit = off`)
  const connector = journalConnector()
  const server: TestServer = await testServer({ database, connectors: [connector], ...options })
  const { deps } = server
  const { db } = deps

  return {
    ...{ server, deps, db, connector },
    brand: () => testBrand(server, { smsConnector: connector.name }),
    /** A person who is online and has room for two, unless told otherwise. */
    async person(
      brand: TestBrand,
      options: {
        role?: UserCaller['role']
        skills?: readonly string[]
        presence?: Presence
        capacity?: number
      } = {},
    ): Promise<UserCaller> {
      const { role = 'agent', skills = [brand.skills.support], presence = 'online', capacity = 2 } = options
      const userId = randomUUID()
      const { accountId } = brand
      const email = `${userId}@brand.example`
      await atomic(db, (tx) => insertUser(tx, accountId, { userId, email, name: role, role, passwordHash: null }))
      await atomic(db, (tx) => setUserSkills(tx, accountId, userId, skills))
      await testPresence(db, accountId, userId, { presence, capacity })
      return { kind: 'user', accountId, userId, name: role, role }
    },
    conversation: (brand: TestBrand, options: Parameters<typeof testConversation>[2] = {}): Promise<TestConversation> =>
      testConversation(server, brand, options),
    /** Changes a skill's or the settings' row, as an administrator would. */
    async configure(brand: TestBrand, table: 'skills' | 'settings', change: Record<string, unknown>, skillId?: string) {
      if (Object.keys(change).length === 0) return
      const row = Object.fromEntries(
        Object.entries(change).map(([name, value]) => [
          name,
          value !== null && typeof value === 'object' ? db.json(value as never) : value,
        ]),
      )
      await db`
        update ${db(table)} set ${db(row as Record<string, string>)}
        where account_id = ${brand.accountId} ${skillId === undefined ? db`` : db`and skill_id = ${skillId}`}`
      deps.accounts.drop(brand.accountId)
    },
    /** What the sweep of every two seconds does, for one brand. */
    async sweep(brand: TestBrand) {
      await requeueVanished(deps, brand.accountId)
      await offerConversations(deps, { kind: 'system', accountId: brand.accountId })
    },
    /** A consumer writes. @param at when, as the provider says; null: it does not say. */
    async hear(brand: TestBrand, phone: string, text: string, at: Date | null = null) {
      const { accountId } = brand
      const sender = (await deps.accounts.get(accountId))!.senders.get(brand.smsSender.senderId)!
      const heard = { kind: 'message', providerId: randomUUID(), from: phone, text, media: [], at } as const
      const said = { ...heard, keyword: null, providerAnswersKeywords: false }
      return receive(
        deps,
        { kind: 'system', accountId },
        { sender, heard: [said], receivedAt: deps.clock.now(), exchange: null },
      )
    },
    /** Every conversation of a brand, oldest first. */
    async rows(brand: TestBrand): Promise<readonly RoutedRow[]> {
      return db<RoutedRow[]>`
        select conversation_id as "conversationId", state, owner_id as "ownerId", offered_to as "offeredTo",
          skill_id as "skillId", returned_for as "returnedFor", preferred_agent as preferred, closed_by as "closedBy"
        from conversations where account_id = ${brand.accountId} order by opened_at, conversation_id`
    },
    async row(brand: TestBrand, { conversationId }: { conversationId: string }): Promise<RoutedRow> {
      return (await this.rows(brand)).find((one) => one.conversationId === conversationId)!
    },
    /** What was said automatically to a consumer, oldest first. */
    async told(phone: string): Promise<readonly string[]> {
      const rows = await db<{ body: string }[]>`
        select body from messages where address = ${phone} and kind = 'auto' order by message_number`
      return rows.map((row) => row.body)
    },
    /** An agent's page gives no more sign of life. */
    async vanish({ accountId, userId }: UserCaller) {
      await db`
        update presences set seen_at = now() - interval '61 seconds'
        where account_id = ${accountId} and user_id = ${userId}`
    },
    /** The countdown of an offer has run out. */
    async countdownEnds({ conversationId }: { conversationId: string }) {
      await db`
        update conversations set offered_until = now() - interval '1 second'
        where conversation_id = ${conversationId} and offered_to is not null`
    },
    /** A minute goes by for those who have passed something on. */
    async restEnds(brand: TestBrand) {
      await db`
        update conversation_offers set ended_at = ended_at - interval '61 seconds'
        where account_id = ${brand.accountId} and ended_at is not null`
    },
    /** Everything was written so many minutes earlier. */
    async minutesPass({ conversationId }: { conversationId: string }, minutes: number) {
      await db`
        update conversations set queued_at = queued_at - make_interval(mins => ${minutes}),
          last_inbound_at = last_inbound_at - make_interval(mins => ${minutes}),
          last_message_at = last_message_at - make_interval(mins => ${minutes})
        where conversation_id = ${conversationId}`
    },
    async close() {
      await server.close()
      await database.drop()
    },
  }
}
export type RoutingStage = Awaited<ReturnType<typeof routingStage>>

/** `done`, or the code of the refusal; everything else fails the test. */
export async function outcome(deed: Promise<unknown>): Promise<string> {
  try {
    await deed
    return 'done'
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}
