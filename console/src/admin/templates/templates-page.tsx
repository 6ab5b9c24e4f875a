import { Button, Select } from '@mantine/core'
import { IconPlus, IconRefresh } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { api } from '../../api.ts'
import { useMay } from '../../session.ts'
import type { Column } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { toast } from '../../ui/toast.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import names from '../admin.module.css'
import { List } from '../list.tsx'
import type { Template } from '../shapes.ts'
import { useChange, useConfig } from '../use-config.ts'
import { TemplateState } from './template-state.tsx'

const defaults = { search: '', state: '', sort: 'name', page: '1' }
const none: readonly Template[] = []
const states = ['draft', 'pending', 'approved', 'rejected', 'paused', 'disabled']

const columns: readonly Column<Template>[] = [
  {
    id: 'name',
    label: 'Name',
    value: ({ name }) => name,
    cell: ({ templateId, name, body }) => (
      <>
        <Link to="/templates/$templateId" params={{ templateId } as never} className={names.link}>
          {name}
        </Link>
        <div className={names.under}>{body.length > 90 ? `${body.slice(0, 90)}…` : body}</div>
      </>
    ),
  },
  {
    id: 'language',
    label: 'Language',
    wideOnly: true,
    value: ({ language }) => language,
    cell: ({ language }) => language,
  },
  {
    id: 'category',
    label: 'Type',
    wideOnly: true,
    value: ({ category }) => category,
    cell: ({ category }) => category.charAt(0) + category.slice(1).toLowerCase(),
  },
  {
    id: 'state',
    label: 'State',
    value: ({ status }) => status,
    cell: ({ status, reason }) => (
      <>
        <TemplateState status={status} />
        {reason !== null && <div className={names.under}>{reason}</div>}
      </>
    ),
  },
]

/** The texts that WhatsApp lets begin a conversation, and what it thinks of each. */
export function TemplatesPage() {
  const mayChange = useMay()('templates.change')
  const navigate = useNavigate()
  const query = useConfig('templates')
  const [filters, setFilters] = useUrlFilters(defaults)
  const sync = useChange(
    (accountId) => api('POST /api/admin/accounts/{accountId}/templates/sync', { params: { accountId } }),
    ['templates'],
  )
  const rows = query.data?.templates ?? none
  const wanted = filters.search.trim().toLowerCase()
  const found = rows.filter(
    ({ name, body, status }) =>
      (name.includes(wanted) || body.toLowerCase().includes(wanted)) &&
      (filters.state === '' || status === filters.state),
  )
  const ask = () =>
    sync.mutate(undefined, {
      onSuccess: ({ changed, unanswered }) => {
        const words = changed === 0 ? 'Nothing has changed.' : `${changed} changed.`
        if (unanswered.length === 0) toast({ text: `WhatsApp was asked. ${words}` })
        else toast({ text: `${words} Not answered: ${unanswered.join(', ')}.`, kind: 'error' })
      },
      onError: (error) => toast({ text: error.message, kind: 'error' }),
    })
  const add = mayChange && (
    <Button component={Link} to="/templates/new" leftSection={<IconPlus size={16} stroke={1.6} />}>
      New template
    </Button>
  )
  return (
    <PageBody>
      <PageHeader
        title="WhatsApp templates"
        purpose="WhatsApp lets only approved texts begin a conversation. Write one, submit it, and choose it in a handoff."
        action={
          <>
            {mayChange && rows.length > 0 && (
              <Button
                variant="default"
                leftSection={<IconRefresh size={16} stroke={1.6} />}
                loading={sync.isPending}
                onClick={ask}
              >
                Ask WhatsApp now
              </Button>
            )}
            {add}
          </>
        }
      />
      <List
        query={query}
        rows={rows}
        found={found}
        columns={columns}
        keyOf={({ templateId }) => templateId}
        noun={['template', 'templates']}
        search={filters.search}
        onSearch={(search) => setFilters({ search, page: '1' })}
        filters={
          <Select
            aria-label="State"
            w={140}
            data={[
              { value: '', label: 'Any state' },
              ...states.map((value) => ({
                value,
                label: value === 'pending' ? 'In review' : value.charAt(0).toUpperCase() + value.slice(1),
              })),
            ]}
            value={filters.state}
            onChange={(state) => setFilters({ state: state ?? '', page: '1' })}
            allowDeselect={false}
          />
        }
        at={filters}
        onMove={setFilters}
        onOpen={({ templateId }) => void navigate({ to: '/templates/$templateId', params: { templateId } as never })}
        empty={
          <EmptyState title="No template yet" action={add}>
            A template is the first message that callers get by WhatsApp. Meta usually judges one within minutes.
          </EmptyState>
        }
      />
    </PageBody>
  )
}
