import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useMay } from '../../session.ts'
import { confirm } from '../../ui/confirm.tsx'
import { toast } from '../../ui/toast.tsx'
import { SecretsOnce } from '../secrets-once.tsx'
import { useChange } from '../use-config.ts'
import { ReplayDialog } from './replay-dialog.tsx'
import { useDeliveryDeed } from './use-deliveries.ts'
import { WebhookDialog } from './webhook-dialog.tsx'
import type { EventType, Webhook } from './webhook-words.tsx'
import names from './webhooks.module.css'

const failed = { onError: (error: Error) => toast({ text: error.message, kind: 'error' }) }

/** What can be done with an endpoint. */
export function WebhookActions({ webhook, eventTypes }: { webhook: Webhook; eventTypes: readonly EventType[] }) {
  const { endpointId, title, state } = webhook
  const mayChange = useMay()('webhooks.change')
  const navigate = useNavigate()
  const [editing, setEditing] = useState(false)
  const [replaying, setReplaying] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const test = useDeliveryDeed(endpointId, (params) =>
    api('POST /api/admin/accounts/{accountId}/webhooks/{endpointId}/test', { params }),
  )
  const put = useChange(
    (accountId, next: Webhook['state']) =>
      api('PATCH /api/admin/accounts/{accountId}/webhooks/{endpointId}', {
        params: { accountId, endpointId },
        body: { state: next },
      }),
    ['webhooks'],
  )
  const renew = useChange(
    (accountId) =>
      api('POST /api/admin/accounts/{accountId}/webhooks/{endpointId}/secret', { params: { accountId, endpointId } }),
    ['webhooks'],
  )
  const remove = useChange(
    (accountId) =>
      api('DELETE /api/admin/accounts/{accountId}/webhooks/{endpointId}', { params: { accountId, endpointId } }),
    ['webhooks'],
  )
  if (!mayChange) return null
  const say = (text: string) => ({ onSuccess: () => toast({ text }), ...failed })
  const askRenew = async () => {
    const text = 'For 24 hours both secrets sign, so that your system can change over when it likes.'
    if (await confirm({ title: 'New secret', text, yes: 'Make a new secret' }))
      renew.mutate(undefined, { onSuccess: (made) => setSecret(made.secret), ...failed })
  }
  const askRemove = async () => {
    const text = 'It is told nothing more, what waits for it is not sent, and its deliveries can no longer be seen.'
    if (await confirm({ title: `Remove “${title}”`, text, yes: 'Remove the endpoint', danger: true }))
      remove.mutate(undefined, {
        onSuccess: () => {
          toast({ text: `“${title}” is removed.` })
          void navigate({ to: '/webhooks' })
        },
        ...failed,
      })
  }
  return (
    <div className={names.actions}>
      {state === 'on' ? (
        <Button variant="default" loading={put.isPending} onClick={() => put.mutate('paused', say('Events wait now.'))}>
          Pause
        </Button>
      ) : (
        <Button loading={put.isPending} onClick={() => put.mutate('on', say('It is on; what waits for it goes.'))}>
          Switch on
        </Button>
      )}
      <Button
        variant="default"
        loading={test.isPending}
        onClick={() => test.mutate(undefined, say('A test event is on its way: see the deliveries.'))}
      >
        Send test
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} stroke={1.6} />}>
            More
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setEditing(true)}>Edit</Menu.Item>
          <Menu.Item disabled={state === 'disabled'} onClick={() => setReplaying(true)}>
            Deliver again …
          </Menu.Item>
          <Menu.Item onClick={() => void askRenew()}>New secret …</Menu.Item>
          {state !== 'disabled' && (
            <Menu.Item onClick={() => put.mutate('disabled', say('It is off: it is told nothing more.'))}>
              Switch off
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item onClick={() => void askRemove()}>Remove …</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {editing && <WebhookDialog webhook={webhook} eventTypes={eventTypes} onClose={() => setEditing(false)} />}
      {replaying && <ReplayDialog endpointId={endpointId} onClose={() => setReplaying(false)} />}
      {secret !== null && (
        <SecretsOnce
          title="The new secret"
          about="It is shown this once: put it where your system keeps its secrets, now. For 24 hours the old one signs as well."
          values={[{ label: 'Secret', value: secret }]}
          onClose={() => setSecret(null)}
        />
      )}
    </div>
  )
}
