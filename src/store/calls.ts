import type { Call } from '../domain/call.ts'
import type { Channel } from '../domain/channel.ts'
import type { EligibilityReason } from '../domain/eligibility-reasons.ts'
import type { Sdes } from '../domain/sde.ts'
import { noVariables, type TemplateVariables } from '../domain/template.ts'
import { batch } from './batch.ts'
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
export async function loadCall(db: DbOrTx, accountId: string, callId: string): Promise<Call | null> {
  const [row] = await db<CallRow[]>`
    select account_id, call_id, attempted_at, consumer_phone, consumer_id, handoff_id, skill_id, ivr_number, sdes,
      template_variables, available_channels
    from calls where account_id = ${accountId} and call_id = ${callId}`
  if (row === undefined) return null
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
}

/** Stores a call durably, together with the calls of all who ask in the same moment. */
export type CallKeeper = (call: NewCall, elapsedMs: number) => Promise<void>

/** @param patienceMs time after which the promise is rejected with `Unanswered`; whether the call was stored is then unknown. */
export function callKeeper(db: Database, patienceMs: number): CallKeeper {
  return batch<NewCall, void>((calls) => insertCalls(db, calls), { most: 200, patienceMs })
}

/** The columns that eligibility fills, and as a record of JSON; a field that is left out is null. */
export const callColumns =
  'account_id, call_id, attempted_at, credential_id, consumer_phone, consumer_id, handoff_id, skill_id, ivr_number, sdes, template_variables, available_channels, reasons, partial'
export const callFields =
  'account_id text, call_id uuid, attempted_at timestamptz, credential_id text, consumer_phone text, consumer_id text, handoff_id text, skill_id uuid, ivr_number text, sdes jsonb, template_variables jsonb, available_channels text[], reasons jsonb, partial boolean'

/** A call as a record of `callFields`. */
export function callRow(call: NewCall): object {
  return {
    account_id: call.accountId,
    call_id: call.callId,
    attempted_at: call.attemptedAt,
    credential_id: call.credentialId,
    consumer_phone: call.consumerPhone,
    consumer_id: call.consumerId ?? undefined,
    handoff_id: call.handoffId,
    skill_id: call.skillId,
    ivr_number: call.ivrNumber ?? undefined,
    sdes: call.sdes ?? undefined,
    template_variables: call.templateVariables === noVariables ? undefined : call.templateVariables,
    available_channels: call.availableChannels,
    reasons: call.reasons.length === 0 ? undefined : call.reasons.map(({ channel, code }) => ({ channel, code })),
    partial: call.partial,
  }
}

/** Many calls in one multi-row statement, so that they share one wait for the disk. The row is the transaction's, too. */
async function insertCalls(db: Database, calls: readonly NewCall[]): Promise<readonly undefined[]> {
  const text = `insert into calls (${callColumns})
    select ${callColumns} from json_to_recordset($1::text::json) as call (${callFields})`
  await db.unsafe(text, [JSON.stringify(calls.map(callRow))], { prepare: true })
  return calls.map(() => undefined)
}
