import { Button, Checkbox, Stack, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '../../session.ts'
import { confirm } from '../../ui/confirm.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { useChange } from '../use-config.ts'
import { askCredential, type Secrets } from './ask-credential.ts'
import { type Credential, type CredentialKind, kindWords, type Privilege, privilegeWords } from './credentials.ts'

/** A key or app to make, rename, disable or give new secrets. Keys are never deleted: their history would be. */
export function CredentialDialog({
  kind,
  credential,
  onSecrets,
  onClose,
}: {
  kind: CredentialKind
  credential: Credential | null
  onSecrets(secrets: Secrets): void
  onClose(): void
}) {
  const mayChange = useMay()(kind === 'keys' ? 'api-keys.change' : 'app-installs.change')
  const [title, setTitle] = useState(credential?.title ?? '')
  const [privileges, setPrivileges] = useState<readonly Privilege[]>(credential?.privileges ?? ['ivr.engagement'])
  const [enabled, setEnabled] = useState(credential?.enabled ?? true)
  const ask = askCredential[kind]
  const noun = kind === 'keys' ? 'api-keys' : 'apps'
  const add = useChange((accountId) => ask.issue(accountId, { title, privileges: [...privileges] }), [noun])
  const change = useChange(
    (accountId, id: string) => ask.change(accountId, id, { title, privileges: [...privileges], enabled }),
    [noun],
  )
  const renew = useChange((accountId, id: string) => ask.renew(accountId, id), [noun])
  const shown = (secrets: Secrets) => {
    onSecrets(secrets)
    onClose()
  }
  const submit = () => {
    if (credential === null) return add.mutate(undefined, { onSuccess: shown })
    return change.mutate(credential.id, {
      onSuccess: () => {
        toast({ text: enabled ? `“${title}” is saved.` : `“${title}” is off: whoever uses it is refused.` })
        onClose()
      },
    })
  }
  const reset = async ({ id }: Credential) => {
    const text = 'The old ones stop working at once: whoever uses them is refused until they have the new ones.'
    if (await confirm({ title: 'New secrets', text, yes: 'Make new secrets', danger: true }))
      renew.mutate(id, { onSuccess: shown })
  }
  const { one, about } = kindWords[kind]
  return (
    <FormDialog
      title={credential === null ? `New ${one}` : credential.title}
      size="lg"
      submit={credential === null ? `Make ${one}` : 'Save'}
      saving={add.isPending || change.isPending}
      disabled={privileges.length === 0}
      error={add.error ?? change.error ?? renew.error}
      beside={
        credential !== null && (
          <Button variant="subtle" mr="auto" loading={renew.isPending} onClick={() => void reset(credential)}>
            New secrets
          </Button>
        )
      }
      readOnly={!mayChange}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        label="Title"
        description={about}
        required
        disabled={!mayChange}
        maxLength={255}
        data-autofocus
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <Checkbox.Group
        label="What it may do"
        value={[...privileges]}
        onChange={(next) => setPrivileges(next as Privilege[])}
      >
        <Stack gap="sm" mt="xs">
          {Object.entries(privilegeWords).map(([value, [label, words]]) => (
            <Checkbox key={value} value={value} label={label} description={words} disabled={!mayChange} />
          ))}
        </Stack>
      </Checkbox.Group>
      {credential !== null && (
        <Switch
          label="Works"
          description="Off: it is refused at once. It can be switched on again."
          disabled={!mayChange}
          checked={enabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
      )}
    </FormDialog>
  )
}
