import { createPrivateKey, X509Certificate } from 'node:crypto'
import { type Static, Type } from 'typebox'
import type { Sender } from '../../domain/sender.ts'

/** What an administrator fills in for one iOS app. */
export const settings = Type.Object({
  teamId: Type.String({ title: 'Team ID', description: '10 characters, from the Apple developer account.' }),
  keyId: Type.String({ title: 'Key ID', description: '10 characters, of the APNs key.' }),
  privateKey: Type.String({
    title: 'APNs key',
    description: 'The whole .p8 file, from BEGIN PRIVATE KEY to END PRIVATE KEY.',
    secret: true,
  }),
  bundleId: Type.String({ title: 'Bundle ID', description: 'Of the app, like com.example.shop.' }),
  environment: Type.Optional(
    Type.String({
      title: 'Environment',
      description: 'sandbox for an app that Xcode installed; production for TestFlight and the App Store.',
      default: 'production',
    }),
  ),
  apnsHost: Type.Optional(
    Type.String({
      title: 'APNs host',
      description: 'Empty: Apple’s host of the environment. Else host and port, like push.example.com:443.',
    }),
  ),
  ca: Type.Optional(
    Type.String({
      title: 'Authority of the host',
      description: 'PEM of the one certificate authority to trust for another host than Apple’s.',
    }),
  ),
})

type Given = Static<typeof settings>

export interface ApnsSettings {
  readonly teamId: string
  readonly keyId: string
  /** PEM, PKCS #8. */
  readonly privateKey: string
  readonly bundleId: string
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly ca: string | null
}

const hosts = { production: 'api.push.apple.com', sandbox: 'api.sandbox.push.apple.com' } as const

export function settingsOf(sender: Pick<Sender, 'settings'>): ApnsSettings {
  const given = (name: keyof Given): string => {
    const value = sender.settings[name]
    return typeof value === 'string' ? value.trim() : ''
  }
  const host = given('apnsHost') || hosts[given('environment') === 'sandbox' ? 'sandbox' : 'production']
  return {
    teamId: given('teamId'),
    keyId: given('keyId'),
    privateKey: given('privateKey'),
    bundleId: given('bundleId'),
    baseUrl: `https://${host}`,
    ca: given('ca') || null,
  }
}

/** See `Connector.checkSender`. The key itself never appears in a sentence. */
export function checkSender(sender: Pick<Sender, 'address' | 'settings'>): readonly string[] {
  const problems: string[] = []
  const apns = settingsOf(sender)
  const { environment } = sender.settings
  if (sender.address.trim() === '') problems.push('The address must be the name of the app, like com.example.shop.')
  for (const [what, id] of [
    ['Team ID', apns.teamId],
    ['Key ID', apns.keyId],
  ] as const)
    if (!/^[A-Z0-9]{10}$/.test(id)) problems.push(`The ${what} must be 10 capital letters and digits.`)
  if (!isP256Key(apns.privateKey)) problems.push('The APNs key must be the whole .p8 file that Apple gave.')
  if (!/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(apns.bundleId))
    problems.push('The Bundle ID must be that of the app, like com.example.shop.')
  if (environment !== undefined && environment !== '' && environment !== 'production' && environment !== 'sandbox')
    problems.push('The environment must be production or sandbox.')
  if (!/^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/.test(apns.baseUrl) || !URL.canParse(apns.baseUrl))
    problems.push('The APNs host must be a host name, with a port if it is not 443.')
  if (apns.ca !== null && !isCertificate(apns.ca)) problems.push('The authority of the host must be a PEM certificate.')
  return problems
}

function isP256Key(pem: string): boolean {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
  } catch {
    return false
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}
