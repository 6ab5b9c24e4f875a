import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { api } from '../../api.ts'
import { useMay } from '../../session.ts'
import type { Column } from '../../ui/data-table.tsx'
import { toast } from '../../ui/toast.tsx'
import names from '../admin.module.css'
import type { Filter } from '../list.tsx'
import { ListPage } from '../list-page.tsx'
import { NewButton } from '../new-button.tsx'
import type { Template } from '../shapes.ts'
import { useChange, useConfig } from '../use-config.ts'
import { TemplateState } from './template-state.tsx'

const defaults = { search: '', state: '', sort: 'name', page: '1' }
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

const filters: readonly Filter<Template>[] = [
  {
    id: 'state',
    label: 'State',
    width: 140,
    any: 'Any state',
    choices: states.map((value) => ({
      value,
      label: value === 'pending' ? 'In review' : value.charAt(0).toUpperCase() + value.slice(1),
    })),
    keeps: ({ status }, chosen) => status === chosen,
  },
]

/** The texts that WhatsApp lets begin a conversation, and what it thinks of each. */
export function TemplatesPage() {
  const mayChange = useMay()('templates.change')
  const navigate = useNavigate()
  const query = useConfig('templates')
  const sync = useChange(
    (accountId) => api('POST /api/admin/accounts/{accountId}/templates/sync', { params: { accountId } }),
    ['templates'],
  )
  const rows = query.data?.templates
  const ask = () =>
    sync.mutate(undefined, {
      onSuccess: ({ changed, unanswered }) => {
        const words = changed === 0 ? 'Nothing has changed.' : `${changed} changed.`
        if (unanswered.length === 0) toast({ text: `WhatsApp was asked. ${words}` })
        else toast({ text: `${words} Not answered: ${unanswered.join(', ')}.`, kind: 'error' })
      },
      onError: (error) => toast({ text: error.message, kind: 'error' }),
    })
  return (
    <ListPage
      title="WhatsApp templates"
      purpose="WhatsApp lets only approved texts begin a conversation. Write one, submit it, and choose it in a handoff."
      deeds={
        mayChange &&
        rows !== undefined &&
        rows.length > 0 && (
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} stroke={1.6} />}
            loading={sync.isPending}
            onClick={ask}
          >
            Ask WhatsApp now
          </Button>
        )
      }
      add={
        <NewButton act="templates.change" to="/templates/new">
          New template
        </NewButton>
      }
      query={query}
      rows={rows}
      columns={columns}
      keyOf={({ templateId }) => templateId}
      noun={['template', 'templates']}
      defaults={defaults}
      searched={({ name, body }) => [name, body]}
      filters={filters}
      onOpen={({ templateId }) => void navigate({ to: '/templates/$templateId', params: { templateId } as never })}
      empty={[
        'No template yet',
        'A template is the first message that callers get by WhatsApp. Meta usually judges one within minutes.',
      ]}
    />
  )
}
