import { Type } from 'typebox'
import type { Sender } from '../../domain/sender.ts'
import {
  type AccountSettings,
  accountFields,
  accountSettingsOf,
  apiBaseUrlField,
  baseUrlSetting,
  checkAccount,
  checkBaseUrl,
} from '../twilio/account-settings.ts'

/** What an administrator fills in for one Twilio number or Messaging Service. `secret` fields are stored encrypted. */
export const settings = Type.Object({
  ...accountFields,
  lookUpLineType: Type.Optional(
    Type.Boolean({
      title: 'Look up line types',
      description: 'Lets the device check ask Twilio Lookup, which costs a little for each number.',
      default: true,
    }),
  ),
  apiBaseUrl: apiBaseUrlField,
  lookupsBaseUrl: Type.Optional(Type.String({ title: 'Lookup address', default: 'https://lookups.twilio.com' })),
})

export interface SmsSettings extends AccountSettings {
  readonly lookUpLineType: boolean
  readonly lookupsBaseUrl: string
}

export function settingsOf(sender: Pick<Sender, 'settings'>): SmsSettings {
  return {
    ...accountSettingsOf(sender),
    lookUpLineType: sender.settings.lookUpLineType !== false,
    lookupsBaseUrl: baseUrlSetting(sender, 'lookupsBaseUrl', 'https://lookups.twilio.com'),
  }
}

/** A number Twilio sends from: E.164, or a short code. Letters cannot be answered, so they are no sender of ours. */
export function isFromNumber(address: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(address) || /^\d{3,8}$/.test(address)
}

/** See `Connector.checkSender`. */
export function checkSender(sender: Pick<Sender, 'address' | 'settings'>): readonly string[] {
  const twilio = settingsOf(sender)
  const service = twilio.messagingServiceSid
  const serviceChooses = service !== null && sender.address === service
  return [
    ...checkAccount(sender),
    ...(serviceChooses || isFromNumber(sender.address)
      ? []
      : [
          'The address must be a phone number such as +12065550100 or a short code; to let a Messaging Service choose the number, give its SID as the address too.',
        ]),
    ...checkBaseUrl('API address', twilio.apiBaseUrl),
    ...checkBaseUrl('Lookup address', twilio.lookupsBaseUrl),
  ]
}
