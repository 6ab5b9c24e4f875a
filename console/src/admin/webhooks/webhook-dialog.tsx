import { Checkbox, Stack, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api.ts'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { useChange } from '../use-config.ts'
import type { EventType, Webhook } from './webhook-words.tsx'

type Events = Webhook['events']

/** An endpoint to make or to change: where it is and what it is told. */
export function WebhookDialog({
  webhook,
  eventTypes,
  onMade,
  onClose,
}: {
  webhook: Webhook | null
  eventTypes: readonly EventType[]
  onMade?(made: { endpointId: string; secret: string }): void
  onClose(): void
}) {
  const [title, setTitle] = useState(webhook?.title ?? '')
  const [url, setUrl] = useState(webhook?.url ?? '')
  const [every, setEvery] = useState((webhook?.events ?? null) === null)
  const [chosen, setChosen] = useState<readonly string[]>(webhook?.events ?? [])
  const [tellsAddress, setTellsAddress] = useState(webhook?.tellsAddress ?? false)
  const body = { title, url, events: every ? null : ([...chosen] as NonNullable<Events>), tellsAddress }
  const add = useChange(
    (accountId) => api('POST /api/admin/accounts/{accountId}/webhooks', { params: { accountId }, body }),
    ['webhooks'],
  )
  const change = useChange(
    (accountId, endpointId: string) =>
      api('PATCH /api/admin/accounts/{accountId}/webhooks/{endpointId}', { params: { accountId, endpointId }, body }),
    ['webhooks'],
  )
  const submit = () => {
    if (webhook === null)
      return add.mutate(undefined, {
        onSuccess: (made) => {
          onMade?.(made)
          onClose()
        },
      })
    return change.mutate(webhook.endpointId, {
      onSuccess: () => {
        toast({ text: `“${title}” is saved.` })
        onClose()
      },
    })
  }
  return (
    <FormDialog
      title={webhook === null ? 'New endpoint' : webhook.title}
      size="lg"
      submit={webhook === null ? 'Make endpoint' : 'Save'}
      saving={add.isPending || change.isPending}
      disabled={!every && chosen.length === 0}
      error={add.error ?? change.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        label="Title"
        description="What people call the system."
        required
        maxLength={255}
        data-autofocus
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <TextInput
        label="Address"
        description="It must begin with https:// and be reachable from the internet. Redirects are not followed."
        required
        type="url"
        maxLength={2_000}
        placeholder="https://hooks.example.com/c2m"
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <Switch
        label="Every event"
        description="Also kinds that come with later versions."
        checked={every}
        onChange={(event) => setEvery(event.currentTarget.checked)}
      />
      {!every && (
        <Checkbox.Group label="Events" value={[...chosen]} onChange={setChosen}>
          <Stack gap="sm" mt="xs">
            {eventTypes.map(({ type, sentence }) => (
              <Checkbox key={type} value={type} label={type} description={sentence} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
      <Switch
        label="Tell the consumer’s number or id"
        description="Off: events name calls and conversations only. Message texts are never told."
        checked={tellsAddress}
        onChange={(event) => setTellsAddress(event.currentTarget.checked)}
      />
    </FormDialog>
  )
}
