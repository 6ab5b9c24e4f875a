import { createPrivateKey } from 'node:crypto'
import { type Static, Type } from 'typebox'
import { isRecord } from '../../domain/outside-data.ts'
import type { Sender } from '../../domain/sender.ts'
import { withoutTrailing } from '../../domain/without-trailing.ts'
import { appPages, checkAppPages } from '../app-pages.ts'
import { wrongWebAddress } from '../web-address.ts'

/** What an administrator fills in for one app in Firebase. */
export const settings = Type.Object({
  projectId: Type.String({ title: 'Project ID', description: 'As in the Firebase console, like my-shop-1a2b3.' }),
  serviceAccountJson: Type.String({
    title: 'Service account key',
    description: 'The whole JSON file that "Generate new private key" gives.',
    secret: true,
  }),
  dataOnly: Type.Optional(
    Type.Boolean({
      title: 'The app shows the notification itself',
      description:
        'Sends data without a notification, so that the app is woken for every push, as apps of the original expect.',
      default: false,
    }),
  ),
  ...appPages,
  tokenUri: Type.Optional(
    Type.String({ title: 'Token address', description: 'Empty: the one that the service account key names.' }),
  ),
  fcmBaseUrl: Type.Optional(Type.String({ title: 'FCM address', default: 'https://fcm.googleapis.com' })),
})

type Given = Static<typeof settings>

export interface ServiceAccount {
  readonly clientEmail: string
  /** PEM, PKCS #8. */
  readonly privateKey: string
  readonly privateKeyId: string | null
  readonly tokenUri: string
}

/** The settings as the rest of the connector reads them; `account` is null when the key file cannot be read. */
export interface FcmSettings {
  readonly projectId: string
  readonly account: ServiceAccount | null
  readonly dataOnly: boolean
  readonly fcmBaseUrl: string
}

export function settingsOf(sender: Pick<Sender, 'settings'>): FcmSettings {
  const given = (name: keyof Given): string => {
    const value = sender.settings[name]
    return typeof value === 'string' ? value.trim() : ''
  }
  return {
    projectId: given('projectId'),
    account: serviceAccount(given('serviceAccountJson'), given('tokenUri')),
    dataOnly: sender.settings.dataOnly === true,
    fcmBaseUrl: withoutTrailing(given('fcmBaseUrl') || 'https://fcm.googleapis.com', '/'),
  }
}

function serviceAccount(json: string, tokenUri: string): ServiceAccount | null {
  let file: unknown
  try {
    file = JSON.parse(json)
  } catch {
    return null
  }
  if (!isRecord(file) || typeof file.client_email !== 'string' || typeof file.private_key !== 'string') return null
  const named = typeof file.token_uri === 'string' ? file.token_uri : 'https://oauth2.googleapis.com/token'
  return {
    clientEmail: file.client_email,
    privateKey: file.private_key,
    privateKeyId: typeof file.private_key_id === 'string' ? file.private_key_id : null,
    tokenUri: tokenUri || named,
  }
}

/** See `Connector.checkSender`. The key itself never appears in a sentence. */
export function checkSender(sender: Pick<Sender, 'address' | 'settings'>): readonly string[] {
  const problems: string[] = []
  const fcm = settingsOf(sender)
  if (sender.address.trim() === '') problems.push('The address must be the name of the app, like com.example.shop.')
  if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(fcm.projectId))
    problems.push('The Project ID must be 6 to 30 small letters, digits and hyphens, as in the Firebase console.')
  if (fcm.account === null)
    problems.push('The service account key must be the whole JSON file from the Firebase console.')
  else if (!isRsaKey(fcm.account.privateKey))
    problems.push('The private key in the service account key cannot be read: paste the file unchanged.')
  const addresses: (readonly [string, string])[] = [['FCM address', fcm.fcmBaseUrl]]
  if (fcm.account !== null) addresses.push(['Token address', fcm.account.tokenUri])
  for (const [what, address] of addresses) {
    const wrong = wrongWebAddress(address)
    if (wrong) problems.push(`The ${what} ${wrong}.`)
  }
  problems.push(...checkAppPages(sender.settings))
  return problems
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}
