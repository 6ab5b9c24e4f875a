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
import { isPhone } from './addresses.ts'

/** What an administrator fills in for one WhatsApp sender at Twilio. `secret` fields are stored encrypted. */
export const settings = Type.Object({
  ...accountFields,
  apiBaseUrl: apiBaseUrlField,
  contentBaseUrl: Type.Optional(Type.String({ title: 'Content address', default: 'https://content.twilio.com' })),
  messagingBaseUrl: Type.Optional(Type.String({ title: 'Messaging address', default: 'https://messaging.twilio.com' })),
})

export interface WhatsappSettings extends AccountSettings {
  readonly contentBaseUrl: string
  readonly messagingBaseUrl: string
}

export function settingsOf(sender: Pick<Sender, 'settings'>): WhatsappSettings {
  return {
    ...accountSettingsOf(sender),
    contentBaseUrl: baseUrlSetting(sender, 'contentBaseUrl', 'https://content.twilio.com'),
    messagingBaseUrl: baseUrlSetting(sender, 'messagingBaseUrl', 'https://messaging.twilio.com'),
  }
}

/** See `Connector.checkSender`. */
export function checkSender(sender: Pick<Sender, 'address' | 'settings'>): readonly string[] {
  const twilio = settingsOf(sender)
  const service = twilio.messagingServiceSid
  return [
    ...checkAccount(sender),
    ...checkAddress(sender.address, service),
    ...(twilio.advancedOptOut && service === null
      ? ['Advanced Opt-Out is a feature of Messaging Services: give the service’s SID, or switch it off.']
      : []),
    ...checkBaseUrl('API address', twilio.apiBaseUrl),
    ...checkBaseUrl('Content address', twilio.contentBaseUrl),
    ...checkBaseUrl('Messaging address', twilio.messagingBaseUrl),
  ]
}

function checkAddress(address: string, service: string | null): readonly string[] {
  if (isPhone(address) || (service !== null && address === service)) return []
  if (/^whatsapp:/i.test(address)) return ['The address must be written without "whatsapp:", such as +12065550100.']
  return [
    'The address must be the WhatsApp sender’s phone number, such as +12065550100; to let a Messaging Service choose the sender, give its SID as the address too.',
  ]
}
