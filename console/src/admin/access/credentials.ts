import type { ApiKey, App } from '../shapes.ts'

export type CredentialKind = 'keys' | 'apps'

/** An API key or an app, as the page handles both. */
export interface Credential {
  readonly id: string
  readonly title: string
  readonly privileges: readonly Privilege[]
  readonly enabled: boolean
  readonly createdAt: string
  readonly usedAt: string | null
}

export const credentialOf = (
  { title, privileges, enabled, createdAt, usedAt }: ApiKey | App,
  id: string,
): Credential => ({
  id,
  title,
  privileges: privileges as Privilege[],
  enabled,
  createdAt,
  usedAt,
})

export const kindWords = {
  keys: { one: 'API key', about: 'Four values that sign each request (OAuth 1.0a).' },
  apps: { one: 'app', about: 'An id and a secret that fetch a token for an hour (OAuth 2).' },
} as const

export type Privilege = 'ivr.engagement' | 'reporting' | 'handoffs.read' | 'consumers.vouch' | 'admin'

export const privilegeWords: Readonly<Record<Privilege, readonly [string, string]>> = {
  'ivr.engagement': ['IVR engagement', 'Eligibility and invite: what a phone system needs.'],
  reporting: ['Reporting', 'Reads reports, transactions and opt-outs.'],
  'handoffs.read': ['Read handoffs', 'Reads the configuration of handoffs.'],
  'consumers.vouch': [
    'Vouch for consumers',
    'Says who uses the brand’s app: whoever has it can speak as any consumer.',
  ],
  admin: ['Administration', 'Changes everything that an administrator can.'],
}
