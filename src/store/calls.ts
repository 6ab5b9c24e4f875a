import type { Call } from '../domain/call.ts'
import type { Channel } from '../domain/channel.ts'
import type { Sdes } from '../domain/sde.ts'
import { noVariables, type TemplateVariables } from '../domain/template.ts'
import type { DbOrTx } from './db.ts'

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
