import { Tabs } from '@mantine/core'
import { useState } from 'react'
import { useMay, useSession } from '../../session.ts'
import { CopyField } from '../../ui/copy-field.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import { NewButton } from '../new-button.tsx'
import { SecretsOnce } from '../secrets-once.tsx'
import { useConfig } from '../use-config.ts'
import { CredentialDialog } from './credential-dialog.tsx'
import { CredentialList } from './credential-list.tsx'
import { type Credential, type CredentialKind, credentialOf, kindWords } from './credentials.ts'

const defaults = { part: 'keys' }

/** With what systems come in: API keys that sign each request, and apps that fetch a token. */
export function AccessPage() {
  const may = useMay()
  const { accountId } = useSession()
  const [{ part }, setFilters] = useUrlFilters(defaults)
  const kind: CredentialKind = part === 'apps' ? 'apps' : 'keys'
  const keys = useConfig('api-keys')
  const apps = useConfig('apps', { enabled: may('app-installs.read') })
  const [open, setOpen] = useState<Credential | 'new' | null>(null)
  const [secrets, setSecrets] = useState<readonly { label: string; value: string }[] | null>(null)
  const add = (
    <NewButton act={kind === 'keys' ? 'api-keys.change' : 'app-installs.change'} onClick={() => setOpen('new')}>
      New {kindWords[kind].one}
    </NewButton>
  )
  return (
    <PageBody>
      <PageHeader
        title="API access"
        purpose="With what your phone system and other programs come in. Secrets are shown once, when they are made."
        action={add}
      />
      <Tabs value={kind} onChange={(next) => setFilters({ part: next ?? 'keys' })} keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="keys">API keys</Tabs.Tab>
          {may('app-installs.read') && <Tabs.Tab value="apps">Apps</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="keys">
          <CredentialList
            kind="keys"
            query={keys}
            rows={keys.data?.apiKeys.map((key) => credentialOf(key, key.appKey))}
            onOpen={setOpen}
            add={add}
          />
        </Tabs.Panel>
        <Tabs.Panel value="apps">
          <CredentialList
            kind="apps"
            query={apps}
            rows={apps.data?.apps.map((app) => credentialOf(app, app.clientId))}
            onOpen={setOpen}
            add={add}
          />
        </Tabs.Panel>
      </Tabs>
      <div style={{ marginTop: 24 }}>
        <CopyField label="Account id" value={accountId} />
      </div>
      {open !== null && (
        <CredentialDialog
          kind={kind}
          credential={open === 'new' ? null : open}
          onSecrets={setSecrets}
          onClose={() => setOpen(null)}
        />
      )}
      {secrets !== null && (
        <SecretsOnce
          title={`The ${kindWords[kind].one}`}
          about="The secrets are shown this once. Put them where your system keeps its secrets, now."
          values={secrets}
          onClose={() => setSecrets(null)}
        />
      )}
    </PageBody>
  )
}
