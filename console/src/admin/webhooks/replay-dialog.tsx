import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api.ts'
import { Problem } from '../../ui/problem.tsx'
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
    <Modal opened onClose={onClose} title="Deliver again">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          replay.mutate(
            { since: at.toISOString(), scope },
            {
              onSuccess: () => {
                toast({ text: 'It is delivered again, in order, as it can be taken.' })
                onClose()
              },
            },
          )
        }}
      >
        <Stack gap="md">
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
          {replay.error !== null && <Problem error={replay.error} title="Not begun" />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={Number.isNaN(at.getTime())} loading={replay.isPending}>
              Deliver again
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
