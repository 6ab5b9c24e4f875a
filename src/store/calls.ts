import type { Call } from '../domain/call.ts'
import type { Channel } from '../domain/channel.ts'
import type { EligibilityReason } from '../domain/eligibility-reasons.ts'
import type { Sdes } from '../domain/sde.ts'
import { noVariables, type TemplateVariables } from '../domain/template.ts'
import { type ArrayColumn, arrayParameters, unnested } from './array-columns.ts'
import { batch } from './batch.ts'
import type { Statement } from './closing-statements.ts'
import type { Database, DbOrTx } from './db.ts'

interface CallRow {
  account_id: string
  call_id: string
  attempted_at: Date
  consumer_phone: string
  consumer_id: string | null
  handoff_id: string
  skill_id: string
  ivr_number: string | null
  sdes: Sdes | null
  template_variables: TemplateVariables | null
  available_channels: Channel[]
}

/**
 * What the IVR told us under this callId, of whatever age: how long a call may still be invited is the caller's rule.
 * @param callId a UUID; whatever else is an error of the database.
 * @returns null when the account has no such call.
 */
export function loadCall(db: DbOrTx, accountId: string, callId: string): Promise<Call | null> {
  return readCall(db, accountId, callId, db`true`)
}

/** The same, if it is at most so many hours old by the database's clock. */
export function loadFreshCall(db: DbOrTx, accountId: string, callId: string, hours: number): Promise<Call | null> {
  return readCall(db, accountId, callId, db`attempted_at > clock_timestamp() - make_interval(hours => ${hours})`)
}

async function readCall(db: DbOrTx, accountId: string, callId: string, when: Statement): Promise<Call | null> {
  const [row] = await db<CallRow[]>`
    select account_id, call_id, attempted_at, consumer_phone, consumer_id, handoff_id, skill_id, ivr_number, sdes,
      template_variables, available_channels
    from calls where account_id = ${accountId} and call_id = ${callId} and ${when}`
  // A call of a person who was erased is only there to be counted.
  if (row === undefined || row.consumer_phone.includes('erased-')) return null
  return {
    accountId: row.account_id,
    callId: row.call_id,
    attemptedAt: row.attempted_at,
    consumerPhone: row.consumer_phone,
    consumerId: row.consumer_id,
    handoffId: row.handoff_id,
    skillId: row.skill_id,
    ivrNumber: row.ivr_number,
    sdes: row.sdes,
    templateVariables: row.template_variables ?? noVariables,
    availableChannels: row.available_channels,
  }
}

/** A call as eligibility makes it: what the IVR told us, and what it was answered. */
export interface NewCall extends Call {
  readonly credentialId: string
  readonly reasons: readonly EligibilityReason[]
  /** A line type look-up was cut off. */
  readonly partial: boolean
  /** A webhook endpoint of the account wants to hear of it. */
  readonly told: boolean
}

/** Stores a call durably, together with the calls of all who ask in the same moment. */
export type CallKeeper = (call: NewCall, elapsedMs: number) => Promise<void>

/** @param patienceMs time after which the promise is rejected with `Unanswered`; whether the call was stored is then unknown. */
export function callKeeper(db: Database, patienceMs: number): CallKeeper {
  return batch<NewCall, void>((calls) => insertCalls(db, calls), { most: 200, patienceMs })
}

/** What eligibility fills of a call's row. */
export const callColumns: readonly ArrayColumn<NewCall>[] = [
  { name: 'account_id', type: 'text', of: (call) => call.accountId },
  { name: 'call_id', type: 'uuid', of: (call) => call.callId },
  { name: 'attempted_at', type: 'timestamptz', of: (call) => call.attemptedAt.toISOString() },
  { name: 'credential_id', type: 'text', of: (call) => call.credentialId },
  { name: 'consumer_phone', type: 'text', of: (call) => call.consumerPhone },
  { name: 'consumer_id', type: 'text', of: (call) => call.consumerId },
  { name: 'handoff_id', type: 'text', of: (call) => call.handoffId },
  { name: 'skill_id', type: 'uuid', of: (call) => call.skillId },
  { name: 'ivr_number', type: 'text', of: (call) => call.ivrNumber },
  { name: 'sdes', type: 'jsonb', of: ({ sdes }) => (sdes === null ? null : JSON.stringify(sdes)) },
  {
    name: 'template_variables',
    type: 'jsonb',
    of: ({ templateVariables }) => (templateVariables === noVariables ? null : JSON.stringify(templateVariables)),
  },
  // A list of lists would have to be as wide as its widest: its own text, cast where it is stored.
  { name: 'available_channels', type: 'text', of: ({ availableChannels }) => `{${availableChannels.join(',')}}` },
  {
    name: 'reasons',
    type: 'jsonb',
    of: ({ reasons }) =>
      reasons.length === 0 ? null : JSON.stringify(reasons.map(({ channel, code }) => ({ channel, code }))),
  },
  { name: 'partial', type: 'boolean', of: (call) => call.partial },
]

const names = callColumns.map(({ name }) => name)
/** `insert into calls (…) select …`, to be followed by `from` something that has the columns above. */
export const insertCall = `insert into calls (${names.join(', ')})
  select ${names.map((name) => (name === 'available_channels' ? `${name}::text[]` : name)).join(', ')}`

/** What to return of a stored call to `tellCalls`. */
export const returningCall = 'returning calls as call'
/**
 * Writes an event of each call that `stored` returned and somebody wants to hear of. Only a statement with such a call
 * holds it: the others, which are nearly all, cost nothing for it.
 */
export const tellCalls = `insert into webhook_events (account_id, type, occurred_at, call_id, data)
  select (call).account_id, 'call.attempted', (call).attempted_at, (call).call_id, webhook_data_of(call)
  from stored where webhook_wanted((call).account_id, 'call.attempted')`

const insertStatement = `${insertCall} from ${unnested(callColumns, 'call')}`
const tellingStatement = `with stored as (${insertStatement} ${returningCall}) ${tellCalls}`

/** Many calls in one multi-row statement, so that they share one wait for the disk. The row is the transaction's, too. */
async function insertCalls(db: Database, calls: readonly NewCall[]): Promise<readonly undefined[]> {
  const statement = calls.some(({ told }) => told) ? tellingStatement : insertStatement
  await db.unsafe(statement, arrayParameters(callColumns, calls), { prepare: true })
  return calls.map(() => undefined)
}
