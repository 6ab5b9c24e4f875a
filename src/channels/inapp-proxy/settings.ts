import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { type Static, Type } from 'typebox'
import type { Sender } from '../../domain/sender.ts'
import { appPages, checkAppPages } from '../app-pages.ts'
import type { ClientTls } from '../http.ts'
import { wrongWebAddress } from '../web-address.ts'

/** What an administrator fills in for a brand that pushes to its app itself. */
export const settings = Type.Object({
  url: Type.String({ title: 'Address', description: 'Where the brand’s own push endpoint is: an https address.' }),
  appName: Type.String({ title: 'App name', description: 'Bundle or package id, told with every push.' }),
  basicUser: Type.Optional(Type.String({ title: 'User name', description: 'For basic authentication, if wanted.' })),
  basicPassword: Type.Optional(Type.String({ title: 'Password', secret: true })),
  headers: Type.Optional(
    Type.String({
      title: 'Headers',
      description: 'Up to four, a line each, like ApiKey: abc123.',
      secret: true,
    }),
  ),
  clientCertificate: Type.Optional(
    Type.String({
      title: 'Client certificate',
      description:
        'For an endpoint that asks who calls: PEM, the certificate first, then those between it and its root.',
      secret: true,
    }),
  ),
  clientKey: Type.Optional(Type.String({ title: 'Client key', description: 'PEM, without a password.', secret: true })),
  ca: Type.Optional(
    Type.String({
      title: 'Authority of the endpoint',
      description: 'PEM of the one certificate authority to trust for it, instead of the well-known ones.',
    }),
  ),
  ...appPages,
})

type Given = Static<typeof settings>

export interface ProxySettings {
  readonly url: string
  readonly appName: string
  readonly basic: { readonly user: string; readonly password: string } | null
  /** In the order given, names as written. */
  readonly headers: readonly (readonly [string, string])[]
  /** Null: a connection like any other. */
  readonly tls: ClientTls | null
}

/** The original's bounds of a custom header. */
const mostHeaders = 4
const headerName = /^[A-Za-z]{1,24}$/
const headerValue = /^[A-Za-z0-9\-_$&@.#*]{1,300}$/
/** Those that the request itself needs, or that would change where it goes. */
const ownHeaders = /^(authorization|host|connection|upgrade|te|trailer|expect|accept)$/i

export function settingsOf(sender: Pick<Sender, 'settings'>): ProxySettings {
  const given = (name: keyof Given): string => {
    const value = sender.settings[name]
    return typeof value === 'string' ? value.trim() : ''
  }
  const user = given('basicUser')
  const tls = Object.entries({
    certificate: given('clientCertificate'),
    key: given('clientKey'),
    ca: given('ca'),
  }).filter(([, pem]) => pem !== '')
  const lines = given('headers')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return {
    url: given('url'),
    appName: given('appName'),
    basic: user === '' ? null : { user, password: given('basicPassword') },
    headers: lines.map((line) => {
      const at = line.indexOf(':')
      return at === -1 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    }),
    tls: tls.length === 0 ? null : Object.fromEntries(tls),
  }
}

/** See `Connector.checkSender`. Neither password, key nor a header's value appears in a sentence. */
export function checkSender(sender: Pick<Sender, 'address' | 'settings'>): readonly string[] {
  const problems: string[] = []
  const { url, appName, basic, headers, tls } = settingsOf(sender)
  const password = sender.settings.basicPassword
  if (sender.address.trim() === '') problems.push('The address must be the name of the app, like com.example.shop.')
  const wrong = wrongWebAddress(url)
  if (wrong) problems.push(`The address of the endpoint ${wrong}.`)
  if (appName === '') problems.push('The app name is missing.')
  if (basic?.user.includes(':')) problems.push('The user name must not contain a colon.')
  if (basic !== null && basic.password === '') problems.push('The user name has no password.')
  if (basic === null && typeof password === 'string' && password.trim() !== '')
    problems.push('There is a password but no user name.')
  if (headers.length > mostHeaders) problems.push('There may be four headers at most.')
  if (headers.some(([name]) => !headerName.test(name)))
    problems.push('The name of a header must be 1 to 24 letters, followed by a colon.')
  if (headers.some(([name]) => ownHeaders.test(name)))
    problems.push('A header has a name that the request needs itself.')
  if (headers.some(([, value]) => !headerValue.test(value)))
    problems.push('The value of a header must be 1 to 300 letters, digits and - _ $ & @ . # *.')
  if (new Set(headers.map(([name]) => name.toLowerCase())).size < headers.length)
    problems.push('Two headers have the same name.')
  problems.push(...checkTls(tls ?? {}), ...checkAppPages(sender.settings))
  return problems
}

function checkTls({ certificate, key, ca }: ClientTls): readonly string[] {
  const problems: string[] = []
  if (ca !== undefined && asCertificate(ca) === null)
    problems.push('The authority of the endpoint must be a PEM certificate.')
  if (certificate === undefined && key === undefined) return problems
  if (certificate === undefined) return [...problems, 'There is a client key but no client certificate.']
  if (key === undefined) return [...problems, 'There is a client certificate but no client key.']
  const shown = asCertificate(certificate)
  const own = asKey(key)
  if (shown === null) problems.push('The client certificate must be PEM, from BEGIN CERTIFICATE to END CERTIFICATE.')
  if (own === null) problems.push('The client key must be PEM without a password.')
  if (shown !== null && own !== null && !shown.checkPrivateKey(own))
    problems.push('The client certificate and the client key do not belong together.')
  if (shown !== null && shown.validToDate.getTime() < Date.now()) problems.push('The client certificate has ended.')
  return problems
}

function asCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

function asKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem)
  } catch {
    return null
  }
}
