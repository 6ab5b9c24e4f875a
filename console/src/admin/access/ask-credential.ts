import { type Answer, api } from '../../api.ts'
import type { CredentialKind, Privilege } from './credentials.ts'

export type Secrets = readonly { readonly label: string; readonly value: string }[]
interface Fields {
  title: string
  privileges: Privilege[]
}

const ofKey = (key: Answer<'POST /api/admin/accounts/{accountId}/api-keys'>): Secrets => [
  { label: 'App key', value: key.appKey },
  { label: 'Secret', value: key.secret },
  { label: 'Access token', value: key.accessToken },
  { label: 'Access token secret', value: key.accessTokenSecret },
]
const ofApp = (app: Answer<'POST /api/admin/accounts/{accountId}/apps'>): Secrets => [
  { label: 'Client id', value: app.clientId },
  { label: 'Client secret', value: app.clientSecret },
]

/** The same deeds on both kinds of credentials; what is secret comes once, with the answer. */
export const askCredential: Readonly<
  Record<
    CredentialKind,
    {
      issue(accountId: string, body: Fields): Promise<Secrets>
      change(accountId: string, id: string, body: Fields & { enabled: boolean }): Promise<unknown>
      renew(accountId: string, id: string): Promise<Secrets>
    }
  >
> = {
  keys: {
    issue: (accountId, body) =>
      api('POST /api/admin/accounts/{accountId}/api-keys', { params: { accountId }, body }).then(ofKey),
    change: (accountId, appKey, body) =>
      api('PATCH /api/admin/accounts/{accountId}/api-keys/{appKey}', { params: { accountId, appKey }, body }),
    renew: (accountId, appKey) =>
      api('POST /api/admin/accounts/{accountId}/api-keys/{appKey}/secret', { params: { accountId, appKey } }).then(
        ofKey,
      ),
  },
  apps: {
    issue: (accountId, body) =>
      api('POST /api/admin/accounts/{accountId}/apps', { params: { accountId }, body }).then(ofApp),
    change: (accountId, clientId, body) =>
      api('PATCH /api/admin/accounts/{accountId}/apps/{clientId}', { params: { accountId, clientId }, body }),
    renew: (accountId, clientId) =>
      api('POST /api/admin/accounts/{accountId}/apps/{clientId}/secret', { params: { accountId, clientId } }).then(
        ofApp,
      ),
  },
}
