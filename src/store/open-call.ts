import type { Channel } from '../domain/channel.ts'
import type { EligibilityFacts, LearnedFact } from '../domain/eligibility.ts'
import { type ArrayColumn, arrayParameters, unnested } from './array-columns.ts'
import { batch } from './batch.ts'
import { callColumns, insertCall, type NewCall, returningCall, tellCalls } from './calls.ts'
import type { Cipher } from './cipher.ts'
import type { Database } from './db.ts'
import type { Nonce } from './nonces.ts'

/** A call that arrives. */
export interface ArrivingCall {
  readonly accountId: string
  readonly phone: string
  readonly consumerId: string | null
  /** Hours of the account's cap on invites; null: it has none, and none are counted. */
  readonly capHours: number | null
  /** Burnt together with everything else; null: the credential has none, or it is burnt already. */
  readonly nonce: Nonce | null
  /** Stored at once if the nonce is fresh and nothing is known of the consumer; null: only the facts are wanted. */
  readonly blind: NewCall | null
}

export interface OpenedCall {
  /** The nonce was used before: nothing was stored, and no facts are told. */
  readonly replayed: boolean
  /** Null: nothing is known of the consumer, and the blind call, if there was one, is stored durably. */
  readonly facts: EligibilityFacts | null
}

/** The hot path's one round trip, shared by all calls of the moment. */
export type CallOpener = (call: ArrivingCall, elapsedMs: number) => Promise<OpenedCall>

/**
 * While one statement waits for the disk, others can compute, and we can read the next requests. At 64 connections, four
 * carry 1.3 times the requests of one; six carry no more than four (measured side by side).
 */
const statementsAtOnce = 4

/**
 * @param patienceMs time after which the promise is rejected with `Unanswered`; what became of the call is then unknown.
 * @param cipher knows the opt-out of somebody who was erased and calls again.
 */
export function callOpener(db: Database, patienceMs: number, cipher: Pick<Cipher, 'erasedAddress'>): CallOpener {
  return batch<ArrivingCall, OpenedCall>((calls) => openCalls(db, calls, cipher), {
    most: 200,
    patienceMs,
    atOnce: statementsAtOnce,
  })
}

type FactRow = { place: number } & (
  | { kind: 'replayed' }
  | { kind: 'conversation' }
  | { kind: 'opt-out'; word: Channel | '*' }
  | { kind: 'invites' | 'device'; word: string }
  | { kind: 'reachable' | 'unreachable'; word: string; channel: Channel; source: LearnedFact['source'] }
)

/** A call and its place in the batch: replays within a batch are left out, so places have gaps. */
interface AskedCall {
  readonly place: number
  readonly call: ArrivingCall
  /** What would have been kept of an opt-out by number, and by consumer id. */
  readonly erasedPhone: string
  readonly erasedId: string | null
}

/** What is asked about every call, and what is stored of a blind one. */
const always: Readonly<Record<string, (call: ArrivingCall) => string | null>> = {
  account_id: (call) => call.accountId,
  consumer_phone: (call) => call.phone,
  consumer_id: (call) => call.consumerId,
}
const askedColumns: readonly ArrayColumn<AskedCall>[] = [
  { name: 'place', type: 'int', of: ({ place }) => place },
  { name: 'erased_phone', type: 'text', of: ({ erasedPhone }) => erasedPhone },
  { name: 'erased_id', type: 'text', of: ({ erasedId }) => erasedId },
  { name: 'cap_hours', type: 'int', of: ({ call }) => call.capHours },
  { name: 'app_key', type: 'text', of: ({ call }) => call.nonce?.appKey ?? null },
  { name: 'stamp', type: 'bigint', of: ({ call }) => call.nonce?.stamp ?? null },
  { name: 'nonce', type: 'text', of: ({ call }) => call.nonce?.nonce ?? null },
  ...callColumns.map(({ name, type, of }): ArrayColumn<AskedCall> => {
    const known = always[name]
    return { name, type, of: ({ call }) => (known ? known(call) : call.blind === null ? null : of(call.blind)) }
  }),
]

/**
 * Only where a brand has a cap: a look into every month's invites that may matter, which are those of the cap's hours and
 * of calls that are invited late (`CALL_TTL_HOURS` is at most 720).
 */
const countedInvites = `
    select place, 'invites', count(*)::text, null, null
    from asked join invites fact on fact.account_id = asked.account_id and fact.consumer_phone = asked.consumer_phone
      and fact.call_id >= (select first_id_of(now() - make_interval(hours => max(cap_hours) + 721)) from asked)
      and fact.created_at > now() - make_interval(hours => asked.cap_hours) and fact.state in ('sending', 'sent', 'unknown')
    group by place
    union all`

/*
 * Most consumers are strangers: nothing is known of them, and what is then to be answered can be decided beforehand. So
 * one statement burns the nonces, looks for facts and stores the calls of the strangers, under one snapshot and with one
 * wait for the disk; only what is out of the ordinary comes back as rows.
 * The texts are constant, so that the driver prepares each once. Nonces in one order everywhere: two processes that burn the
 * same ones in two orders would deadlock.
 */
const beginning = (counting: boolean) => `
  with asked as materialized (
    select * from ${unnested(askedColumns, 'asked')}),
  burnt as (
    insert into oauth_nonces (account_id, app_key, stamp, nonce)
    select account_id, app_key, stamp, nonce from asked where nonce is not null order by 1, 2, 3, 4
    on conflict do nothing
    returning account_id, app_key, stamp, nonce),
  replayed as materialized (
    select place from asked where nonce is not null and not exists (
      select from burnt where burnt.nonce = asked.nonce and burnt.stamp = asked.stamp
        and burnt.app_key = asked.app_key and burnt.account_id = asked.account_id)),
  facts as materialized (
    select place, 'opt-out' as kind, fact.channel as word, null as channel, null as source
    from asked join opt_outs fact on fact.account_id = asked.account_id
      and fact.address in (asked.consumer_phone, asked.consumer_id, asked.erased_phone, asked.erased_id) and fact.lifted_at is null
    union all
    select place, 'conversation', null, null, null
    from asked join conversations fact on fact.account_id = asked.account_id
      and fact.consumer_phone = asked.consumer_phone and fact.state <> 'closed'
    union all
    select place, 'conversation', null, null, null
    from asked join conversations fact on fact.account_id = asked.account_id
      and fact.address in (asked.consumer_phone, asked.consumer_id) and fact.state <> 'closed'
    union all
    ${counting ? countedInvites : ''}
    select place, 'device', fact.sender_id::text, null, null
    from asked join devices fact on fact.account_id = asked.account_id and fact.consumer_id = asked.consumer_id
      and fact.disabled_at is null
    union all
    select place, case when fact.reachable then 'reachable' else 'unreachable' end, fact.reason, fact.channel, fact.source
    from asked join reachability fact on fact.account_id = asked.account_id
      and fact.address in (asked.consumer_phone, asked.consumer_id) and fact.expires_at > now()),
  stored as (
    ${insertCall} from asked
    where call_id is not null and place not in (select place from replayed) and place not in (select place from facts)`
const ending = `)
  select * from facts
  union all
  select place, 'replayed', null, null, null from replayed`
/** By what it does besides: counts invites, tells of calls. */
const statements = [false, true].map((counting) => ({
  plain: beginning(counting) + ending,
  telling: `${beginning(counting)} ${returningCall}), told as (${tellCalls}${ending}`,
}))

async function openCalls(
  db: Database,
  calls: readonly ArrivingCall[],
  { erasedAddress }: Pick<Cipher, 'erasedAddress'>,
): Promise<readonly OpenedCall[]> {
  const opened: { replayed: boolean; facts: KnownFacts | null }[] = []
  const taken = new Set<string>()
  const asked: AskedCall[] = []
  for (const [place, call] of calls.entries()) {
    const { nonce } = call
    const name = nonce === null ? '' : `${nonce.accountId} ${nonce.appKey} ${nonce.stamp} ${nonce.nonce}`
    // Of two equal nonces in one batch the second is a replay, whatever became of the first.
    const replayed = nonce !== null && taken.has(name)
    if (nonce !== null) taken.add(name)
    opened.push({ replayed, facts: null })
    if (replayed) continue
    const { accountId, phone, consumerId } = call
    const erasedId = consumerId === null ? null : erasedAddress(accountId, consumerId)
    asked.push({ place, call, erasedPhone: erasedAddress(accountId, phone), erasedId })
  }
  const telling = asked.some(({ call }) => call.blind?.told === true)
  const { plain, telling: alsoTelling } = statements[asked.some(({ call }) => call.capHours !== null) ? 1 : 0]!
  const rows = await db.unsafe<FactRow[]>(telling ? alsoTelling : plain, arrayParameters(askedColumns, asked), {
    prepare: true,
  })
  for (const row of rows) {
    const call = opened[row.place]!
    if (row.kind === 'replayed') call.replayed = true
    else {
      call.facts ??= nothingKnown()
      note(call.facts, row)
    }
  }
  return opened.map((call) => (call.replayed ? { replayed: true, facts: null } : call))
}

interface KnownFacts extends EligibilityFacts {
  optedOut: (Channel | '*')[]
  conversationOpen: boolean
  recentInvites: number
  deviceSenderIds: string[]
  learned: LearnedFact[]
}

const nothingKnown = (): KnownFacts => ({
  optedOut: [],
  conversationOpen: false,
  recentInvites: 0,
  deviceSenderIds: [],
  learned: [],
})

function note(facts: KnownFacts, row: Exclude<FactRow, { kind: 'replayed' }>): void {
  switch (row.kind) {
    case 'opt-out':
      facts.optedOut.push(row.word)
      break
    case 'conversation':
      facts.conversationOpen = true
      break
    case 'invites':
      facts.recentInvites = Number(row.word)
      break
    case 'device':
      facts.deviceSenderIds.push(row.word)
      break
    default: {
      const { channel, word: reason, source } = row
      facts.learned.push({ channel, reachable: row.kind === 'reachable', reason, source })
    }
  }
}
