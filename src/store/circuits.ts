import type { HandOver } from '../channels/hand-over.ts'
import {
  admit,
  type Circuit,
  type CircuitState,
  circuitAfter,
  circuitState,
  closedCircuit,
  verdictOf,
} from '../domain/circuit.ts'
import type { Clock } from '../domain/clock.ts'
import { atomic, type Database, type DbOrTx } from './db.ts'

/** Which senders' providers fail (domain/circuit.ts), known to all processes by the database. */
export interface Circuits {
  /** What this process knows, at most some seconds old and free of charge: for the hot path. */
  state(accountId: string, senderId: string): CircuitState
  /** How many are not closed, of all brands. */
  countOpen(): number
  /** Whether an attempt may go now, for the claiming tx; in a half-open circuit it takes the probe. @returns null, or how long to wait. */
  admit(tx: DbOrTx, accountId: string, senderId: string): Promise<{ readonly againInMs: number } | null>
  /** Takes in how handing over a message ended. @returns `opened` when this failure was the one too many. */
  note(accountId: string, senderId: string, outcome: HandOver): Promise<{ opened: boolean }>
}

/** Age at which what is known is read again, in milliseconds. */
const refreshMs = 2_000

interface CircuitRow {
  account_id: string
  sender_id: string
  failures: number
  failing_since: Date | null
  last_kind: string | null
  open_until: Date | null
  probe_until: Date | null
  now: Date
}

const circuitOf = (row: CircuitRow): Circuit => ({
  failures: row.failures,
  failingSince: row.failing_since,
  openUntil: row.open_until,
  probeUntil: row.probe_until,
})

export function circuits(db: Database, clock: Clock): Circuits {
  let known = new Map<string, Circuit>()
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | null = null
  const keyOf = (accountId: string, senderId: string) => `${accountId}/${senderId}`

  const refresh = () => {
    if (reading !== null || clock.monotonic() - readAt < refreshMs) return
    reading = troubled(db)
      .then((rows) => {
        known = new Map(rows.map((row) => [keyOf(row.account_id, row.sender_id), circuitOf(row)]))
      })
      // Without the database nothing can be sent anyhow; what was known stays.
      .catch(() => {})
      .then(() => {
        readAt = clock.monotonic()
        reading = null
      })
  }
  const keep = (key: string, circuit: Circuit) => {
    if (circuit.failures === 0) known.delete(key)
    else known.set(key, circuit)
  }

  return {
    state(accountId, senderId) {
      refresh()
      return circuitState(known.get(keyOf(accountId, senderId)) ?? closedCircuit, clock.now())
    },
    countOpen() {
      refresh()
      return [...known.values()].filter(({ openUntil }) => openUntil !== null).length
    },
    async admit(tx, accountId, senderId) {
      refresh()
      const key = keyOf(accountId, senderId)
      if ((known.get(key)?.openUntil ?? null) === null) return null
      const row = await lockCircuit(tx, accountId, senderId)
      if (row === null) return null
      const before = circuitOf(row)
      const said = admit(before, row.now)
      if ('againAt' in said) return { againInMs: Math.max(0, said.againAt.getTime() - row.now.getTime()) }
      if (said.circuit !== before) await writeCircuit(tx, accountId, senderId, said.circuit, row.last_kind)
      return null
    },
    async note(accountId, senderId, outcome) {
      const kind = kindOf(outcome)
      const verdict = kind === undefined ? 'nothing' : verdictOf(kind)
      const key = keyOf(accountId, senderId)
      if (verdict === 'nothing' || (verdict === 'works' && !known.has(key))) return { opened: false }
      // What is lost here is told by the next failure; the send's own outcome must not suffer.
      return atomic(db, async (tx) => {
        const row = await makeCircuit(tx, accountId, senderId)
        const after = circuitAfter(circuitOf(row), verdict, row.now)
        await writeCircuit(tx, accountId, senderId, after, kind ?? null)
        keep(key, after)
        return { opened: after.openUntil !== null && row.open_until === null }
      }).catch(() => ({ opened: false }))
    },
  }
}

/** The kind of failure, null when it was accepted; undefined when the provider was never asked. */
function kindOf(outcome: HandOver): string | null | undefined {
  if (outcome.kind === 'too-late') return undefined
  if (outcome.kind === 'sent') return null
  return outcome.exchanges.length === 0 && outcome.kind === 'refused' ? undefined : outcome.failure.kind
}

/** A sender with failures, as an administrator sees it. */
export interface SenderTrouble {
  readonly state: CircuitState
  readonly failures: number
  readonly lastKind: string | null
  readonly openUntil: Date | null
}

/** The senders of one brand whose provider fails, by id. */
export async function listTrouble(db: DbOrTx, accountId: string): Promise<ReadonlyMap<string, SenderTrouble>> {
  const rows = await db<CircuitRow[]>`
    select *, clock_timestamp() as now from sender_circuits where account_id = ${accountId} and failures > 0`
  return new Map(
    rows.map((row) => [
      row.sender_id,
      {
        state: circuitState(circuitOf(row), row.now),
        failures: row.failures,
        lastKind: row.last_kind,
        openUntil: row.open_until,
      },
    ]),
  )
}

function troubled(db: DbOrTx): Promise<CircuitRow[]> {
  return db<CircuitRow[]>`select *, clock_timestamp() as now from sender_circuits where failures > 0`
}

async function lockCircuit(tx: DbOrTx, accountId: string, senderId: string): Promise<CircuitRow | null> {
  const [row] = await tx<CircuitRow[]>`
    select *, clock_timestamp() as now from sender_circuits
    where account_id = ${accountId} and sender_id = ${senderId} for update`
  return row ?? null
}

async function makeCircuit(tx: DbOrTx, accountId: string, senderId: string): Promise<CircuitRow> {
  await tx`
    insert into sender_circuits (account_id, sender_id) values (${accountId}, ${senderId}) on conflict do nothing`
  return (await lockCircuit(tx, accountId, senderId))!
}

async function writeCircuit(
  tx: DbOrTx,
  accountId: string,
  senderId: string,
  circuit: Circuit,
  lastKind: string | null,
): Promise<void> {
  await tx`
    update sender_circuits set failures = ${circuit.failures}, failing_since = ${circuit.failingSince},
      open_until = ${circuit.openUntil}, probe_until = ${circuit.probeUntil},
      last_kind = coalesce(${lastKind}, last_kind), updated_at = clock_timestamp()
    where account_id = ${accountId} and sender_id = ${senderId}`
}
