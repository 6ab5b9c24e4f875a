import { Type } from 'typebox'
import type { Sender } from '../../domain/sender.ts'
import { withoutTrailing } from '../../domain/without-trailing.ts'

/** What every sender at Twilio needs, whatever the channel: who we are there, and how its webhooks are proved. */
export const accountFields = {
  accountSid: Type.String({ title: 'Account SID', description: 'AC and 32 characters, from the Twilio console.' }),
  authToken: Type.String({
    title: 'Auth Token',
    description: 'Proves that a webhook comes from Twilio; needed even when sending uses an API key.',
    secret: true,
  }),
  apiKeySid: Type.Optional(
    Type.String({
      title: 'API key SID',
      description: 'SK and 32 characters: sends with this key instead of the Auth Token.',
    }),
  ),
  apiKeySecret: Type.Optional(Type.String({ title: 'API key secret', secret: true })),
  messagingServiceSid: Type.Optional(
    Type.String({ title: 'Messaging Service SID', description: 'MG and 32 characters: sends through this service.' }),
  ),
  secondaryAuthToken: Type.Optional(
    Type.String({
      title: 'Secondary Auth Token',
      description: 'Also accepted on webhooks, while the Auth Token is being changed.',
      secret: true,
    }),
  ),
  advancedOptOut: Type.Optional(
    Type.Boolean({
      title: 'Advanced Opt-Out',
      description: 'On when the Messaging Service has Advanced Opt-Out: Twilio then names every keyword it answered.',
      default: false,
    }),
  ),
}

/** Stands apart so that a form can show it last. */
export const apiBaseUrlField = Type.Optional(Type.String({ title: 'API address', default: 'https://api.twilio.com' }))

/** The settings as the connectors read them: defaults filled in, an empty field is an absent one. */
export interface AccountSettings {
  readonly accountSid: string
  readonly authToken: string
  readonly apiKey: { readonly sid: string; readonly secret: string } | null
  readonly messagingServiceSid: string | null
  readonly secondaryAuthToken: string | null
  readonly advancedOptOut: boolean
  readonly apiBaseUrl: string
}

export function accountSettingsOf(sender: Pick<Sender, 'settings'>): AccountSettings {
  const given = (name: string): string => textSetting(sender, name)
  const apiKeySid = given('apiKeySid')
  return {
    accountSid: given('accountSid'),
    authToken: given('authToken'),
    apiKey: apiKeySid === '' ? null : { sid: apiKeySid, secret: given('apiKeySecret') },
    messagingServiceSid: given('messagingServiceSid') || null,
    secondaryAuthToken: given('secondaryAuthToken') || null,
    advancedOptOut: sender.settings.advancedOptOut === true,
    apiBaseUrl: baseUrlSetting(sender, 'apiBaseUrl', 'https://api.twilio.com'),
  }
}

/** A text setting without spaces around it; '' when absent. */
export function textSetting(sender: Pick<Sender, 'settings'>, name: string): string {
  const value = sender.settings[name]
  return typeof value === 'string' ? value.trim() : ''
}

/** One of Twilio's addresses, without slashes at its end. */
export function baseUrlSetting(sender: Pick<Sender, 'settings'>, name: string, normally: string): string {
  return withoutTrailing(textSetting(sender, name) || normally, '/')
}

/** What is wrong with the settings that all senders at Twilio share. The secrets themselves never appear in a sentence. */
export function checkAccount(sender: Pick<Sender, 'settings'>): readonly string[] {
  const problems: string[] = []
  const twilio = accountSettingsOf(sender)
  const sid = (value: string, prefix: string) => new RegExp(`^${prefix}[0-9a-f]{32}$`, 'i').test(value)

  if (!sid(twilio.accountSid, 'AC')) problems.push('The Account SID must be "AC" and 32 hexadecimal characters.')
  if (twilio.authToken === '')
    problems.push('The Auth Token is missing: without it no webhook of Twilio can be trusted.')
  for (const token of [twilio.authToken, twilio.secondaryAuthToken ?? ''])
    if (/\s/.test(token)) problems.push('An Auth Token must not contain spaces.')
  if (twilio.apiKey !== null && !sid(twilio.apiKey.sid, 'SK'))
    problems.push('The API key SID must be "SK" and 32 hexadecimal characters.')
  if (twilio.apiKey !== null && twilio.apiKey.secret === '') problems.push('The API key has no secret.')
  if (twilio.apiKey === null && textSetting(sender, 'apiKeySecret') !== '')
    problems.push('There is an API key secret but no API key SID.')
  const service = twilio.messagingServiceSid
  if (service !== null && !sid(service, 'MG'))
    problems.push('The Messaging Service SID must be "MG" and 32 hexadecimal characters.')
  return problems
}

/** Credentials travel to this address, so it must be encrypted, except to this machine itself. */
export function checkBaseUrl(what: string, address: string): readonly string[] {
  if (!URL.canParse(address)) return [`The ${what} is no web address.`]
  const url = new URL(address)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return [`The ${what} must be a plain address without user name, question mark or fragment.`]
  const here = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && here)) return [`The ${what} must begin with https://.`]
  return []
}
