import { type Static, Type } from 'typebox'
import type { Sender } from '../../domain/sender.ts'

/** What an administrator fills in for one Twilio number or Messaging Service. `secret` fields are stored encrypted. */
export const settings = Type.Object({
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
  lookUpLineType: Type.Optional(
    Type.Boolean({
      title: 'Look up line types',
      description: 'Lets the device check ask Twilio Lookup, which costs a little for each number.',
      default: true,
    }),
  ),
  apiBaseUrl: Type.Optional(Type.String({ title: 'API address', default: 'https://api.twilio.com' })),
  lookupsBaseUrl: Type.Optional(Type.String({ title: 'Lookup address', default: 'https://lookups.twilio.com' })),
})

type Given = Static<typeof settings>

/** The settings as the rest of the connector reads them: defaults filled in, an empty field is an absent one. */
export interface TwilioSettings {
  readonly accountSid: string
  readonly authToken: string
  readonly apiKey: { readonly sid: string; readonly secret: string } | null
  readonly messagingServiceSid: string | null
  readonly secondaryAuthToken: string | null
  readonly advancedOptOut: boolean
  readonly lookUpLineType: boolean
  readonly apiBaseUrl: string
  readonly lookupsBaseUrl: string
}

export function settingsOf(sender: Pick<Sender, 'settings'>): TwilioSettings {
  const given = (name: keyof Given): string => {
    const value = sender.settings[name]
    return typeof value === 'string' ? value.trim() : ''
  }
  const apiKeySid = given('apiKeySid')
  return {
    accountSid: given('accountSid'),
    authToken: given('authToken'),
    apiKey: apiKeySid === '' ? null : { sid: apiKeySid, secret: given('apiKeySecret') },
    messagingServiceSid: given('messagingServiceSid') || null,
    secondaryAuthToken: given('secondaryAuthToken') || null,
    advancedOptOut: sender.settings.advancedOptOut === true,
    lookUpLineType: sender.settings.lookUpLineType !== false,
    apiBaseUrl: (given('apiBaseUrl') || 'https://api.twilio.com').replace(/\/+$/, ''),
    lookupsBaseUrl: (given('lookupsBaseUrl') || 'https://lookups.twilio.com').replace(/\/+$/, ''),
  }
}

/** A number Twilio sends from: E.164, or a short code. Letters cannot be answered, so they are no sender of ours. */
export function isFromNumber(address: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(address) || /^\d{3,8}$/.test(address)
}

/** See `Connector.checkSender`. The secrets themselves never appear in a sentence. */
export function checkSender(sender: Pick<Sender, 'address' | 'settings'>): readonly string[] {
  const problems: string[] = []
  const { settings } = sender
  const twilio = settingsOf(sender)
  const apiKeySecret = typeof settings.apiKeySecret === 'string' ? settings.apiKeySecret.trim() : ''
  const sid = (value: string, prefix: string) => new RegExp(`^${prefix}[0-9a-f]{32}$`, 'i').test(value)

  if (!sid(twilio.accountSid, 'AC')) problems.push('The Account SID must be "AC" and 32 hexadecimal characters.')
  if (twilio.authToken === '')
    problems.push('The Auth Token is missing: without it no webhook of Twilio can be trusted.')
  for (const token of [twilio.authToken, twilio.secondaryAuthToken ?? ''])
    if (/\s/.test(token)) problems.push('An Auth Token must not contain spaces.')
  if (twilio.apiKey !== null && !sid(twilio.apiKey.sid, 'SK'))
    problems.push('The API key SID must be "SK" and 32 hexadecimal characters.')
  if (twilio.apiKey !== null && twilio.apiKey.secret === '') problems.push('The API key has no secret.')
  if (twilio.apiKey === null && apiKeySecret !== '') problems.push('There is an API key secret but no API key SID.')
  const service = twilio.messagingServiceSid
  if (service !== null && !sid(service, 'MG'))
    problems.push('The Messaging Service SID must be "MG" and 32 hexadecimal characters.')

  const serviceChooses = service !== null && sender.address === service
  if (!serviceChooses && !isFromNumber(sender.address))
    problems.push(
      'The address must be a phone number such as +12065550100 or a short code; to let a Messaging Service choose the number, give its SID as the address too.',
    )
  for (const [what, address] of [
    ['API address', twilio.apiBaseUrl],
    ['Lookup address', twilio.lookupsBaseUrl],
  ] as const) {
    const wrong = wrongBaseUrl(address)
    if (wrong) problems.push(`The ${what} ${wrong}.`)
  }
  return problems
}

/** Credentials travel to this address, so it must be encrypted, except to this machine itself. */
function wrongBaseUrl(address: string): string | undefined {
  if (!URL.canParse(address)) return 'is no web address'
  const url = new URL(address)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return 'must be a plain address without user name, question mark or fragment'
  const here = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && here)) return 'must begin with https://'
  return undefined
}
