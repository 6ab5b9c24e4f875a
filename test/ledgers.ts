import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { doctor } from '../src/reports/doctor.ts'
import type { Database } from '../src/store/db.ts'
import type { JournalEntry } from './simulators/twilio/index.ts'

/** The client's ledger: one call of the IVR, and every answer it got to its invites. `cut`: the connection was lost. */
export interface AskedCall {
  readonly callId: string
  readonly phone: string
  readonly answers: (number | 'cut')[]
}

interface InviteRow {
  callId: string
  state: string
  messageId: string | null
  providerId: string | null
}

/** What the comparison counted, for a story's own words. */
export interface Tally {
  readonly calls: number
  readonly acknowledged: number
  readonly copies: number
  readonly states: Readonly<Record<string, number>>
}

/** Ends of an invite after which nobody sends it any more, and the copies a provider may hold then. */
const copiesOf: Readonly<Record<string, readonly number[]>> = {
  sent: [1],
  // The provider took it and could not deliver it, or refused it.
  failed: [0, 1],
  expired: [0],
  'opted-out': [0],
  // Nobody could say, so it was not sent again.
  unknown: [0, 1],
}

/** Waits until no attempt is on its way or in doubt. @throws AssertionError when some still are after `withinMs`. */
export async function settled(db: Database, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs
  for (;;) {
    const rows = await db<{ state: string; count: number }[]>`
      select state, count(*)::integer as count from attempts where state in ('accepted', 'claimed', 'unknown') group by state`
    if (rows.length === 0) return
    assert.ok(performance.now() < until, `not settled within ${withinMs} ms: ${JSON.stringify(rows)}`)
    await pause(200)
  }
}

/**
 * Compares the three ledgers (reliability section 2): what the client was told, what the provider took, what the database
 * says. Every acknowledged invite has one end; the provider holds one copy of what was sent and none of what was not; it
 * holds nothing that the database does not know. Then the operator's own check, `doctor`, must find every promise kept.
 */
export async function compareLedgers(
  db: Database,
  asked: readonly AskedCall[],
  accepted: readonly JournalEntry[],
): Promise<Tally> {
  const invites = await db<InviteRow[]>`
    select i.call_id as "callId", i.state, i.message_id as "messageId", m.provider_id as "providerId"
    from invites i left join messages m on m.account_id = i.account_id and m.message_id = i.message_id`
  const byCall = new Map(invites.map((invite) => [invite.callId, invite]))
  const copies = await copiesByCall(db, accepted)
  const states: Record<string, number> = {}

  for (const call of asked) {
    const { callId, answers } = call
    const invite = byCall.get(callId)
    const sids = copies.get(callId) ?? []
    const told = `${JSON.stringify({ ...call, phone: undefined, invite, sids })}`
    assert.ok(sids.length <= 1, `an extra copy: ${told}`)
    if (invite === undefined) {
      assert.ok(!answers.includes(200), `lost: acknowledged and not in the database: ${told}`)
      assert.equal(sids.length, 0, `sent and not in the database: ${told}`)
      continue
    }
    states[invite.state] = (states[invite.state] ?? 0) + 1
    const allowed = copiesOf[invite.state]
    assert.ok(allowed !== undefined, `no end: ${told}`)
    assert.ok(allowed.includes(sids.length), `the provider and the database disagree: ${told}`)
    if (invite.state === 'sent') assert.equal(invite.providerId, sids[0], `another message: ${told}`)
    copies.delete(callId)
  }
  assert.deepEqual([...copies.keys()], [], 'the provider took what no client asked for')
  assert.deepEqual(
    (await doctor(db)).filter((finding) => finding.grave),
    [],
  )
  return {
    calls: asked.length,
    acknowledged: asked.filter(({ answers }) => answers.includes(200)).length,
    copies: accepted.length,
    states,
  }
}

/**
 * The provider's copies by the call they belong to, as the attempt's token in each status callback tells. Confirmations
 * and replies belong to no call: of each there is at most one copy, too.
 */
async function copiesByCall(db: Database, accepted: readonly JournalEntry[]): Promise<Map<string, string[]>> {
  const attempts = await db<{ token: string; callId: string | null }[]>`select token, call_id as "callId" from attempts`
  const callOf = new Map(attempts.map(({ token, callId }) => [token, callId]))
  const copies = new Map<string, string[]>()
  const taken = new Set<string>()
  for (const { sid, statusCallback } of accepted) {
    const token = new URL(statusCallback ?? 'http://none').searchParams.get('attempt') ?? ''
    assert.ok(callOf.has(token), `the provider took ${sid}, which belongs to no attempt`)
    assert.ok(!taken.has(token), `the provider took ${sid}, which is an extra copy`)
    taken.add(token)
    const callId = callOf.get(token) ?? null
    if (callId !== null) copies.set(callId, [...(copies.get(callId) ?? []), sid])
  }
  return copies
}
