import { type Static, Type } from 'typebox'
import type { Sender } from '../../domain/sender.ts'
import { withoutTrailing } from '../../domain/without-trailing.ts'
import { wrongWebAddress } from '../web-address.ts'

const defaults = { apiVersion: 'v25.0', graphBaseUrl: 'https://graph.facebook.com' } as const

/** What an administrator fills in for one WhatsApp number of Meta's Cloud API. `secret` fields are stored encrypted. */
export const settings = Type.Object({
  phoneNumberId: Type.String({
    title: 'Phone number ID',
    description: 'Digits, from WhatsApp, API Setup in the app dashboard. Not the phone number itself.',
  }),
  wabaId: Type.String({
    title: 'WhatsApp Business Account ID',
    description: 'Digits, from the same page. Templates belong to it.',
  }),
  accessToken: Type.String({
    title: 'Access token',
    description: 'A system user’s token with whatsapp_business_messaging and whatsapp_business_management.',
    secret: true,
  }),
  appSecret: Type.String({
    title: 'App secret',
    description: 'From App settings, Basic. Proves that a webhook comes from Meta.',
    secret: true,
  }),
  verifyToken: Type.String({
    title: 'Verify token',
    description: 'A word of your own, typed again at Meta when the webhook address is entered there.',
    secret: true,
  }),
  apiVersion: Type.Optional(Type.String({ title: 'Graph API version', default: defaults.apiVersion })),
  graphBaseUrl: Type.Optional(Type.String({ title: 'Graph API address', default: defaults.graphBaseUrl })),
})

/** The settings as the rest of the connector reads them: defaults filled in, an empty field is an absent one. */
export type CloudSettings = Readonly<Required<Static<typeof settings>>>

export function settingsOf(sender: Pick<Sender, 'settings'>): CloudSettings {
  const given = (name: keyof CloudSettings): string => {
    const value = sender.settings[name]
    return typeof value === 'string' ? value.trim() : ''
  }
  return {
    phoneNumberId: given('phoneNumberId'),
    wabaId: given('wabaId'),
    accessToken: given('accessToken'),
    appSecret: given('appSecret'),
    verifyToken: given('verifyToken'),
    apiVersion: given('apiVersion') || defaults.apiVersion,
    graphBaseUrl: withoutTrailing(given('graphBaseUrl') || defaults.graphBaseUrl, '/'),
  }
}

/** See `Connector.checkSender`. The secrets themselves never appear in a sentence. */
export function checkSender(sender: Pick<Sender, 'address' | 'settings'>): readonly string[] {
  const problems: string[] = []
  const meta = settingsOf(sender)
  const isId = (value: string) => /^\d{5,20}$/.test(value)
  if (!isId(meta.phoneNumberId)) problems.push('The phone number ID must be digits only; it is not the phone number.')
  if (!isId(meta.wabaId)) problems.push('The WhatsApp Business Account ID must be digits only.')
  for (const [what, secret] of [
    ['access token', meta.accessToken],
    ['app secret', meta.appSecret],
    ['verify token', meta.verifyToken],
  ] as const) {
    if (secret === '') problems.push(`The ${what} is missing.`)
    else if (/\s/.test(secret)) problems.push(`The ${what} must not contain spaces.`)
  }
  // A guessable token would let anybody confirm an address of theirs as ours; the length is what we can see of it.
  if (meta.verifyToken !== '' && meta.verifyToken.length < 8)
    problems.push('The verify token must have at least 8 characters.')
  if (!/^v\d{1,3}\.\d$/.test(meta.apiVersion)) problems.push('The Graph API version must look like v25.0.')
  if (!/^\+[1-9]\d{6,14}$/.test(sender.address))
    problems.push('The address must be the number with its country code, such as +12065550100.')
  // The access token travels to this address.
  const wrong = wrongWebAddress(meta.graphBaseUrl)
  if (wrong !== undefined) problems.push(`The Graph API address ${wrong}.`)
  else if (meta.graphBaseUrl.includes('?')) problems.push('The Graph API address must not have a question mark.')
  return problems
}
