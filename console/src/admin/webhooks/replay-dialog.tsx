import { Radio, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api.ts'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { useDeliveryDeed } from './use-deliveries.ts'

type Scope = 'missed' | 'all'
const dayMs = 86_400_000

/** What a field for a local time takes. */
const localOf = (at: Date): string =>
  new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

/** Everything since a time, once more. */
export function ReplayDialog({ endpointId, onClose }: { endpointId: string; onClose(): void }) {
  const [since, setSince] = useState(() => localOf(new Date(Date.now() - dayMs)))
  const [scope, setScope] = useState<Scope>('missed')
  const replay = useDeliveryDeed(endpointId, (params, body: { since: string; scope: Scope }) =>
    api('POST /api/admin/accounts/{accountId}/webhooks/{endpointId}/replay', { params, body }),
  )
  const at = new Date(since)
  return (
    <FormDialog
      title="Deliver again"
      submit="Deliver again"
      saving={replay.isPending}
      disabled={Number.isNaN(at.getTime())}
      error={replay.error}
      refused="Not begun"
      onSubmit={() =>
        replay.mutate(
          { since: at.toISOString(), scope },
          {
            onSuccess: () => {
              toast({ text: 'It is delivered again, in order, as it can be taken.' })
              onClose()
            },
          },
        )
      }
      onClose={onClose}
    >
      <TextInput
        label="What happened since"
        description="Events are kept for 30 days."
        type="datetime-local"
        required
        value={since}
        onChange={(event) => setSince(event.currentTarget.value)}
      />
      <Radio.Group label="Which" value={scope} onChange={(next) => setScope(next as Scope)}>
        <Stack gap="sm" mt="xs">
          <Radio
            value="missed"
            label="What it has missed"
            description="Given up, or happened while it was off or did not want it."
          />
          <Radio value="all" label="Everything" description="Also what was delivered, under the same ids." />
        </Stack>
      </Radio.Group>
    </FormDialog>
  )
}
