import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useMay } from '../../session.ts'
import type { Column } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import names from '../admin.module.css'
import { List } from '../list.tsx'
import { SecretsOnce } from '../secrets-once.tsx'
import { useConfig } from '../use-config.ts'
import { WebhookDialog } from './webhook-dialog.tsx'
import { countWords, eventWords, type Webhook, WebhookState } from './webhook-words.tsx'

const defaults = { search: '', sort: 'title', page: '1' }
const none: readonly Webhook[] = []

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
  const mayChange = useMay()('webhooks.change')
  const navigate = useNavigate()
  const query = useConfig('webhooks')
  const [filters, setFilters] = useUrlFilters(defaults)
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<{ endpointId: string; secret: string } | null>(null)
  const rows = query.data?.webhooks ?? none
  const wanted = filters.search.trim().toLowerCase()
  const found = rows.filter(({ title, url }) => `${title} ${url}`.toLowerCase().includes(wanted))
  const open = (endpointId: string) => void navigate({ to: '/webhooks/$endpointId', params: { endpointId } as never })
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} stroke={1.6} />} onClick={() => setAdding(true)}>
      New endpoint
    </Button>
  )
  return (
    <PageBody>
      <PageHeader
        title="Webhooks"
        purpose="Your own systems hear of calls, invites, conversations and opt-outs as they happen, signed and in a form that libraries know."
        action={add}
      />
      <List
        query={query}
        rows={rows}
        found={found}
        columns={columns}
        keyOf={({ endpointId }) => endpointId}
        noun={['endpoint', 'endpoints']}
        search={filters.search}
        onSearch={(search) => setFilters({ search, page: '1' })}
        at={filters}
        onMove={setFilters}
        onOpen={({ endpointId }) => open(endpointId)}
        empty={
          <EmptyState title="No endpoint yet" action={add}>
            Give the address of a system of yours, and choose what it is told.
          </EmptyState>
        }
      />
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
    </PageBody>
  )
}
