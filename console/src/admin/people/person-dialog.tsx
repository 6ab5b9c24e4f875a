import { Button, MultiSelect, NumberInput, Select, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useMay, useSession } from '../../session.ts'
import { confirm } from '../../ui/confirm.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import type { Role, Skill, User } from '../shapes.ts'
import { useChange, useConfig } from '../use-config.ts'
import { same } from '../use-draft.ts'
import { roleWords } from './role-words.ts'

type Draft = Omit<User, 'userId'>
const blank: Draft = { email: '', name: '', role: 'agent', enabled: true, capacity: null, skills: [] }

/** A person to add or to change. A new password, like that of a new person, is made by the server and shown once. */
export function PersonDialog({
  user,
  skills,
  onPassword,
  onClose,
}: {
  user: User | null
  skills: readonly Skill[]
  onPassword(given: { email: string; password: string }): void
  onClose(): void
}) {
  const { userId: me } = useSession()
  const settings = useConfig('settings', { enabled: useMay()('settings.read') })
  const { userId = null, ...saved } = user ?? { ...blank, userId: undefined }
  const [draft, setDraft] = useState<Draft>(saved)
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }))
  const save = useChange(
    (accountId, id: string | null) => {
      const { email, enabled: _enabled, ...rest } = draft
      if (id === null)
        return api('POST /api/admin/accounts/{accountId}/users', { params: { accountId }, body: { ...rest, email } })
      const changes = Object.fromEntries(
        Object.entries(draft).filter(([name, value]) => name !== 'email' && !same(value, saved[name as keyof Draft])),
      )
      return api('PATCH /api/admin/accounts/{accountId}/users/{userId}', {
        params: { accountId, userId: id },
        body: changes,
      })
    },
    ['users'],
  )
  const renew = useChange(
    (accountId, id: string) =>
      api('POST /api/admin/accounts/{accountId}/users/{userId}/password', { params: { accountId, userId: id } }),
    ['users'],
  )
  const tell = (given: { email: string; password?: string }) => {
    if (given.password === undefined) toast({ text: 'The person is saved.' })
    else onPassword({ email: given.email, password: given.password })
    onClose()
  }
  const reset = async (id: string) => {
    const text = `${saved.name} is signed out everywhere, and the old password stops working at once.`
    if (await confirm({ title: 'A new password', text, yes: 'Make a new password' }))
      renew.mutate(id, { onSuccess: tell })
  }
  return (
    <FormDialog
      title={userId === null ? 'New person' : saved.name}
      size="lg"
      submit={userId === null ? 'Add person' : 'Save'}
      saving={save.isPending}
      error={save.error ?? renew.error}
      beside={
        userId !== null &&
        userId !== me && (
          <Button variant="subtle" mr="auto" loading={renew.isPending} onClick={() => void reset(userId)}>
            New password
          </Button>
        )
      }
      onSubmit={() => save.mutate(userId, { onSuccess: tell })}
      onClose={onClose}
    >
      <TextInput
        label="Email"
        type="email"
        description={userId === null ? 'They sign in with it.' : 'It stays: it is who they are.'}
        required
        disabled={userId !== null}
        maxLength={254}
        value={draft.email}
        onChange={(event) => set({ email: event.currentTarget.value })}
      />
      <TextInput
        label="Name"
        required
        maxLength={255}
        value={draft.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Select
        label="Role"
        description={roleWords[draft.role][1]}
        data={Object.entries(roleWords).map(([value, [label]]) => ({ value, label }))}
        value={draft.role}
        onChange={(role) => set({ role: (role ?? 'agent') as Role })}
        allowDeselect={false}
      />
      {draft.role !== 'campaign-manager' && (
        <>
          <MultiSelect
            label="Skills"
            description="Whose conversations they get."
            data={skills.map(({ name }) => name)}
            value={draft.skills}
            onChange={(next) => set({ skills: next })}
            searchable
          />
          <NumberInput
            label="Conversations at once"
            description={`Empty: as many as everybody${settings.data === undefined ? '' : `, ${settings.data.agentCapacity}`}.`}
            min={0}
            max={1_000}
            allowDecimal={false}
            value={draft.capacity ?? ''}
            onChange={(next) => set({ capacity: next === '' ? null : Number(next) })}
          />
        </>
      )}
      {userId !== null && (
        <Switch
          label="May sign in"
          description={
            userId === me ? 'This is you: you cannot shut yourself out.' : 'Off: signed out everywhere, at once.'
          }
          disabled={userId === me}
          checked={draft.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
      )}
    </FormDialog>
  )
}
