import { setTimeout as sleep } from 'node:timers/promises'
import type { Deps } from '../deps.ts'
import { leaseSeconds } from '../domain/attempt.ts'
import { forgetInExports } from '../exports/forget-in-exports.ts'
import { askForOffers } from '../store/ask-for-offers.ts'
import { recordAudit } from '../store/audit.ts'
import { lockConsumers } from '../store/consumer-lock.ts'
import { endConversation, lockConversation } from '../store/conversation-work.ts'
import { atomic, type Database, type DbOrTx } from '../store/db.ts'
import { touchConversation, touchEverything } from '../store/touched.ts'
import { noteInErasureLog } from './erasure-log.ts'
import { beginErasure, finishErasure, holdErasure, noteErased, personOfErasure } from './erasures.ts'
import { patience, patiently } from './person.ts'
import { type Erased, eraseRows, type PersonRows, rowsOfPerson, timesOf, withMessages } from './person-rows.ts'

/** What erasing needs of a deployment. In DATA_DIR is the list of erasures that a backup does not hold. */
export type DataRights = Pick<Deps, 'db' | 'cipher' | 'config'>

/** Calls or conversations in one tx: short locks, and a progress that is seen. */
const mostTogether = 200
const betweenLooksMs = 250

/**
 * Erases a person everywhere: closes what is open, waits for a send under way until it is settled or its lease is over,
 * then erases part by part, and last the addresses themselves. Safe to repeat and to race: a process that dies leaves the
 * rest to the next, which finds it by the addresses sealed with the erasure.
 * @returns false when there was nothing (left) to do.
 */
export async function erasePerson(rights: DataRights, accountId: string, erasureId: string): Promise<boolean> {
  const { db, cipher } = rights
  const person = await personOfErasure(db, cipher, accountId, erasureId)
  if (person === null) return false
  // Before anything is erased: a backup that is restored tomorrow must hear of it, however this process ends.
  await noteInErasureLog(rights.config.dataDir, { accountId, erasureId, hashes: person.hashes })
  const { found, times } = await patiently(db, async (tx) => {
    const rows = await rowsOfPerson(tx, accountId, person.addresses)
    return { found: rows, times: await timesOf(tx, rows) }
  })
  const told = await atomic(db, (tx) =>
    beginErasure(tx, cipher, accountId, erasureId, {
      found: found.calls.length + found.conversations.length,
      person: { ...person, times: [...person.times, ...times] },
    }),
  )
  await endWhatGoesOn(db, person)
  const work = { ...rights, person: told, erasureId }
  for (const calls of parts(found.calls)) await erasePart(work, { calls, conversations: [] })
  for (const conversations of parts(found.conversations)) await erasePart(work, { calls: [], conversations })
  // What is left, and what has come since.
  await held(work, async (tx) => erase(tx, work, await rowsOfPerson(tx, accountId, person.addresses)))
  const { delivered } = await forgetInExports(rights, accountId, { times: told.times })
  return finish(work, delivered)
}

interface Work extends DataRights {
  readonly person: Erased
  readonly erasureId: string
}

function* parts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += mostTogether) yield all.slice(from, from + mostTogether)
}

/** Closes the person's conversations, then waits until no provider is being called for them. */
async function endWhatGoesOn(db: Database, { accountId, addresses }: Erased): Promise<void> {
  const until = performance.now() + (leaseSeconds + 5) * 1_000
  for (;;) {
    const sending = await atomic(db, async (tx) => {
      await tx`set local statement_timeout = ${tx.unsafe(`'${patience}'`)}`
      await lockConsumers(tx, accountId, addresses)
      const rows = await rowsOfPerson(tx, accountId, addresses)
      await closeOpen(tx, accountId, rows.conversations)
      const claimed = await tx`
        select 1 from attempts where account_id = ${accountId} and message_id = any(${[...rows.messages]}::uuid[])
          and state = 'claimed' and lease_until > clock_timestamp() limit 1`
      return claimed.length > 0
    })
    if (!sending || performance.now() > until) return
    await sleep(betweenLooksMs)
  }
}

async function closeOpen(tx: DbOrTx, accountId: string, conversationIds: readonly string[]): Promise<void> {
  const open = await tx<{ conversation_id: string }[]>`
    select conversation_id from conversations
    where account_id = ${accountId} and conversation_id = any(${[...conversationIds]}::uuid[]) and state <> 'closed'
    order by conversation_id`
  for (const { conversation_id } of open) {
    const conversation = await lockConversation(tx, accountId, conversation_id)
    if (conversation === null || conversation.state === 'closed') continue
    await endConversation(tx, accountId, conversation, null)
    await askForOffers(tx, accountId, conversation_id)
  }
}

function erasePart(work: Work, part: Pick<PersonRows, 'calls' | 'conversations'>): Promise<boolean> {
  const { accountId } = work.person
  return held(work, async (tx) => {
    await erase(tx, work, await withMessages(tx, { accountId, addresses: [], ...part }))
  })
}

/** The last look, and the erasure is done, in the same tx. */
function finish(work: Work, elsewhere: readonly string[]): Promise<boolean> {
  const { accountId, addresses } = work.person
  return held(work, async (tx) => {
    await erase(tx, work, await rowsOfPerson(tx, accountId, addresses))
    const erased = await finishErasure(tx, accountId, work.erasureId, elsewhere)
    // An open page may show what was said: it begins again.
    if ((erased.conversations ?? 0) > 0) touchEverything(tx, accountId)
    await recordAudit(
      tx,
      accountId,
      { kind: 'system', accountId },
      {
        ...{ action: 'person.erased', subject: work.erasureId },
        before: null,
        after: erased,
      },
    )
  })
}

/** One tx that nobody else decides about the person in. @returns false when another has done the erasure meanwhile. */
function held({ db, person, erasureId }: Work, work: (tx: DbOrTx) => Promise<void>): Promise<boolean> {
  return atomic(db, async (tx) => {
    await tx`set local statement_timeout = ${tx.unsafe(`'${patience}'`)}`
    await lockConsumers(tx, person.accountId, person.addresses)
    if (!(await holdErasure(tx, person.accountId, erasureId))) return false
    await work(tx)
    return true
  })
}

async function erase(tx: DbOrTx, work: Work, rows: PersonRows): Promise<void> {
  const { accountId } = work.person
  await closeOpen(tx, accountId, rows.conversations)
  const gone = await eraseRows(tx, rows, work.person)
  for (const conversationId of rows.conversations) touchConversation(tx, accountId, conversationId)
  await noteErased(tx, accountId, work.erasureId, gone)
}
