import { Button, Group, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api.ts'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import type { CannedReply, Skill } from '../shapes.ts'
import { useChange } from '../use-config.ts'

const variables = ['firstName', 'lastName', 'agentName', 'brand', 'skill', 'ivrNumber']
const blank = { title: '', shortcut: '', text: '', skillId: null as string | null, language: null as string | null }
const changed = ['canned-replies'] as const

/** A canned reply to write or to change. Deleting can be undone: it is simply written again. */
export function CannedReplyDialog({
  reply,
  skills,
  onClose,
}: {
  reply: CannedReply | null
  skills: readonly Skill[]
  onClose(): void
}) {
  const { cannedReplyId = null, ...saved } = reply ?? { ...blank, cannedReplyId: undefined }
  const [draft, setDraft] = useState(saved)
  const set = (change: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...change }))
  const add = useChange(
    (accountId, body: typeof draft) =>
      api('POST /api/admin/accounts/{accountId}/canned-replies', { params: { accountId }, body }),
    changed,
  )
  const change = useChange(
    (accountId, id: string) =>
      api('PATCH /api/admin/accounts/{accountId}/canned-replies/{cannedReplyId}', {
        params: { accountId, cannedReplyId: id },
        body: draft,
      }),
    changed,
  )
  const remove = useChange(
    (accountId, id: string) =>
      api('DELETE /api/admin/accounts/{accountId}/canned-replies/{cannedReplyId}', {
        params: { accountId, cannedReplyId: id },
      }),
    changed,
  )
  const done = (text: string) => () => {
    toast({ text })
    onClose()
  }
  const submit = () => {
    if (cannedReplyId === null) add.mutate(draft, { onSuccess: done(`/${draft.shortcut} is there for your agents.`) })
    else change.mutate(cannedReplyId, { onSuccess: done(`/${draft.shortcut} is saved.`) })
  }
  const discard = (id: string) =>
    remove.mutate(id, {
      onSuccess: () => {
        const again = () => add.mutate(saved, { onSuccess: () => toast({ text: `/${saved.shortcut} is back.` }) })
        toast({ text: `/${saved.shortcut} is deleted.`, action: { label: 'Undo', run: again } })
        onClose()
      },
    })
  return (
    <FormDialog
      title={cannedReplyId === null ? 'New canned reply' : 'Canned reply'}
      size="lg"
      submit={cannedReplyId === null ? 'Add reply' : 'Save'}
      saving={add.isPending || change.isPending}
      error={add.error ?? change.error ?? remove.error}
      beside={
        cannedReplyId !== null && (
          <Button
            variant="subtle"
            color="red"
            mr="auto"
            loading={remove.isPending}
            onClick={() => discard(cannedReplyId)}
          >
            Delete
          </Button>
        )
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <Group grow align="flex-end">
        <TextInput
          label="Shortcut"
          description="What follows the slash."
          required
          maxLength={32}
          data-autofocus
          leftSection="/"
          value={draft.shortcut}
          onChange={(event) => set({ shortcut: event.currentTarget.value.toLowerCase().replaceAll(' ', '-') })}
        />
        <TextInput
          label="Title"
          description="What agents see in the list."
          required
          maxLength={100}
          value={draft.title}
          onChange={(event) => set({ title: event.currentTarget.value })}
        />
      </Group>
      <Textarea
        label="Text"
        description={`May hold ${variables.map((name) => `{{${name}}}`).join(', ')}.`}
        required
        autosize
        minRows={4}
        maxRows={12}
        maxLength={4_096}
        value={draft.text}
        onChange={(event) => set({ text: event.currentTarget.value })}
      />
      <Group grow align="flex-start">
        <Select
          label="For"
          data={[
            { value: '', label: 'Every skill' },
            ...skills.map(({ skillId, name }) => ({ value: skillId, label: name })),
          ]}
          value={draft.skillId ?? ''}
          onChange={(skillId) => set({ skillId: skillId || null })}
          allowDeselect={false}
        />
        <TextInput
          label="Language"
          placeholder="Any; like en or pt-BR"
          maxLength={6}
          value={draft.language ?? ''}
          onChange={(event) => set({ language: event.currentTarget.value || null })}
        />
      </Group>
    </FormDialog>
  )
}
