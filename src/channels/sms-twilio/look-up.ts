import type { Sender } from '../../domain/sender.ts'
import type { LineType } from '../connector.ts'
import type { OutboundHttp } from '../http.ts'
import { callTwilio, isRecord, jsonObject } from '../twilio/call-twilio.ts'
import { createFailure } from '../twilio/error-codes.ts'
import { settingsOf } from './settings.ts'

/** Lookup v2's `line_type_intelligence.type`, letters only: its documents disagree about case and hyphens. */
const lineTypes: Readonly<Record<string, LineType>> = {
  mobile: 'mobile',
  landline: 'landline',
  fixedvoip: 'fixed-voip',
  nonfixedvoip: 'non-fixed-voip',
  voip: 'non-fixed-voip',
  tollfree: 'toll-free',
  premium: 'other',
  sharedcost: 'other',
  uan: 'other',
  voicemail: 'other',
  pager: 'other',
  personal: 'other',
  payphone: 'other',
}

/**
 * The line type of an E.164 number by Twilio Lookup v2. `unknown` when Twilio cannot tell (its errors 60600-60621, such as
 * 60601 for Canada without approval, an unheard-of word) or when the sender's setting forbids to ask.
 * @throws SendFailure when Twilio could not be asked: credentials, rate, network.
 */
export async function lookUp(phone: string, sender: Sender, http: OutboundHttp): Promise<LineType> {
  const settings = settingsOf(sender)
  if (!settings.lookUpLineType) return 'unknown'
  const path = `/v2/PhoneNumbers/${encodeURIComponent(phone)}?Fields=line_type_intelligence`
  const answer = await callTwilio(settings, http, { method: 'GET', url: settings.lookupsBaseUrl + path })
  const body = jsonObject(answer.text)
  if (answer.status !== 200) {
    const code = Number(body?.code)
    // 20404 is about this very number only on a path that has it; elsewhere it is a wrong address.
    if (answer.status === 404 && code === 20404) return 'invalid'
    if (code >= 60600 && code <= 60621) return 'unknown'
    throw createFailure(answer)
  }
  if (body?.valid === false) return 'invalid'
  const intelligence = body?.line_type_intelligence
  if (!isRecord(intelligence) || typeof intelligence.type !== 'string') return 'unknown'
  const type = intelligence.type.replace(/[^a-z]/gi, '').toLowerCase()
  return Object.hasOwn(lineTypes, type) ? lineTypes[type]! : 'unknown'
}
