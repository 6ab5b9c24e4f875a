import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Column } from '../../ui/data-table.tsx'
import names from '../admin.module.css'
import { ListPage } from '../list-page.tsx'
import { NewButton } from '../new-button.tsx'
import { SecretsOnce } from '../secrets-once.tsx'
import { useConfig } from '../use-config.ts'
import { WebhookDialog } from './webhook-dialog.tsx'
import { countWords, eventWords, type Webhook, WebhookState } from './webhook-words.tsx'

const defaults = { search: '', sort: 'title', page: '1' }

const columns: readonly Column<Webhook>[] = [
  {
    id: 'title',
    label: 'Endpoint',
    value: ({ title }) => title,
    cell: ({ endpointId, title, url }) => (
      <>
        <Link to="/webhooks/$endpointId" params={{ endpointId } as never} className={names.link}>
          {title}
        </Link>
        <div className={names.under}>{url}</div>
      </>
    ),
  },
  { id: 'events', label: 'Hears', wideOnly: true, cell: ({ events }) => eventWords(events) },
  {
    id: 'waiting',
    label: 'Waiting',
    align: 'right',
    wideOnly: true,
    value: ({ waiting }) => waiting,
    cell: ({ waiting }) => countWords(waiting),
  },
  {
    id: 'failed',
    label: 'Given up',
    align: 'right',
    wideOnly: true,
    value: ({ failed }) => failed,
    cell: ({ failed }) => countWords(failed),
  },
  { id: 'state', label: 'State', value: ({ state }) => state, cell: (webhook) => <WebhookState webhook={webhook} /> },
]

/** Where the brand's own systems hear of calls, invites, conversations and opt-outs as they happen. */
export function WebhooksPage() {
  const navigate = useNavigate()
  const query = useConfig('webhooks')
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<{ endpointId: string; secret: string } | null>(null)
  const open = (endpointId: string) => void navigate({ to: '/webhooks/$endpointId', params: { endpointId } as never })
  return (
    <ListPage
      title="Webhooks"
      purpose="Your own systems hear of calls, invites, conversations and opt-outs as they happen, signed and in a form that libraries know."
      add={
        <NewButton act="webhooks.change" onClick={() => setAdding(true)}>
          New endpoint
        </NewButton>
      }
      query={query}
      rows={query.data?.webhooks}
      columns={columns}
      keyOf={({ endpointId }) => endpointId}
      noun={['endpoint', 'endpoints']}
      defaults={defaults}
      searched={({ title, url }) => [`${title} ${url}`]}
      onOpen={({ endpointId }) => open(endpointId)}
      empty={['No endpoint yet', 'Give the address of a system of yours, and choose what it is told.']}
    >
      {adding && (
        <WebhookDialog
          webhook={null}
          eventTypes={query.data?.eventTypes ?? []}
          onMade={setMade}
          onClose={() => setAdding(false)}
        />
      )}
      {made !== null && (
        <SecretsOnce
          title="The endpoint’s secret"
          about="With it your system checks that a request is ours. It is shown this once: put it where your system keeps its secrets, now."
          values={[{ label: 'Secret', value: made.secret }]}
          onClose={() => open(made.endpointId)}
        />
      )}
    </ListPage>
  )
}
