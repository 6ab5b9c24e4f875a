import { createECDH } from 'node:crypto'
import { type Static, Type } from 'typebox'
import type { Sender } from '../../domain/sender.ts'
import { withoutTrailing } from '../../domain/without-trailing.ts'
import { appPages, checkAppPages } from '../app-pages.ts'
import { asPushHosts, isHostPattern } from './push-hosts.ts'

/** What an administrator fills in for one web app. */
export const settings = Type.Object({
  subject: Type.String({
    title: 'Contact',
    description:
      'Whom a push service may write to when something is wrong: mailto:push@example.com or an https address.',
  }),
  vapidPublicKey: Type.String({
    title: 'VAPID public key',
    description: '87 characters; the page subscribes with it. Another one ends all subscriptions.',
  }),
  vapidPrivateKey: Type.String({ title: 'VAPID private key', description: '43 characters.', secret: true }),
  ...appPages,
  pushHosts: Type.Optional(
    Type.String({
      title: 'More push services',
      description:
        'Hosts besides those of Google, Mozilla, Apple and Microsoft, separated by commas; *. stands for any name before.',
    }),
  ),
})

type Given = Static<typeof settings>

export interface WebpushSettings {
  readonly subject: string
  readonly publicKey: string
  readonly privateKey: string
  /** Hosts and patterns besides the well-known ones, in lower case. */
  readonly pushHosts: readonly string[]
}

export function settingsOf(sender: Pick<Sender, 'settings'>): WebpushSettings {
  const given = (name: keyof Given): string => {
    const value = sender.settings[name]
    return typeof value === 'string' ? value.trim() : ''
  }
  return {
    subject: given('subject'),
    publicKey: withoutTrailing(given('vapidPublicKey'), '='),
    privateKey: withoutTrailing(given('vapidPrivateKey'), '='),
    pushHosts: asPushHosts(given('pushHosts')),
  }
}

/** See `Connector.checkSender`. The private key never appears in a sentence. */
export function checkSender(sender: Pick<Sender, 'address' | 'settings'>): readonly string[] {
  const problems: string[] = []
  const { subject, publicKey, privateKey, pushHosts } = settingsOf(sender)
  if (sender.address.trim() === '') problems.push('The address must be the name of the app, like shop.example.com.')
  if (!/^mailto:[^@\s]+@[^@\s]+$/.test(subject) && !isPublicPage(subject))
    problems.push('The contact must be mailto: and an address, or an https address of a page on the internet.')
  const isPublic = /^[\w-]{87}$/.test(publicKey)
  const isPrivate = /^[\w-]{43}$/.test(privateKey)
  if (!isPublic) problems.push('The VAPID public key must be 87 characters of base64url.')
  if (!isPrivate) problems.push('The VAPID private key must be 43 characters of base64url.')
  if (isPublic && isPrivate && publicOf(privateKey) !== publicKey)
    problems.push('The two VAPID keys do not belong together.')
  problems.push(...checkAppPages(sender.settings))
  for (const host of pushHosts)
    if (!isHostPattern(host)) problems.push('The further push services must be host names separated by commas.')
  return [...new Set(problems)]
}

/** Push services refuse a contact at localhost. */
function isPublicPage(subject: string): boolean {
  if (!URL.canParse(subject)) return false
  const { protocol, hostname } = new URL(subject)
  return protocol === 'https:' && hostname !== 'localhost'
}

function publicOf(privateKey: string): string | null {
  try {
    const ecdh = createECDH('prime256v1')
    ecdh.setPrivateKey(Buffer.from(privateKey, 'base64url'))
    return ecdh.getPublicKey().toString('base64url')
  } catch {
    return null
  }
}
