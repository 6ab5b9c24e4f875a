import { Button, Select } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMay } from '../../session.ts'
import type { Column } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import names from '../admin.module.css'
import { List } from '../list.tsx'
import type { Skill } from '../shapes.ts'
import { StateBadge } from '../state-badge.tsx'
import { useConfig } from '../use-config.ts'

const defaults = { search: '', state: '', sort: 'name', page: '1' }
const none: readonly Skill[] = []

const columns: readonly Column<Skill>[] = [
  {
    id: 'name',
    label: 'Skill',
    value: ({ name }) => name,
    cell: ({ skillId, name }) => (
      <Link to="/skills/$skillId" params={{ skillId } as never} className={names.link}>
        {name}
      </Link>
    ),
  },
  {
    id: 'routing',
    label: 'Conversations are',
    wideOnly: true,
    value: ({ routing }) => routing,
    cell: ({ routing, offerSeconds }) =>
      routing === 'pull' ? 'taken by hand' : `offered, ${offerSeconds} seconds to accept`,
  },
  {
    id: 'hours',
    label: 'Open',
    wideOnly: true,
    cell: ({ hours }) => (hours === null ? 'always' : `by hours of ${hours.timeZone}`),
  },
  {
    id: 'priority',
    label: 'Priority',
    align: 'right',
    wideOnly: true,
    value: ({ priority }) => priority,
    cell: ({ priority }) => priority,
  },
  {
    id: 'state',
    label: 'State',
    value: ({ enabled, engaged }) => (enabled ? (engaged ? 0 : 1) : 2),
    cell: ({ enabled, engaged }) =>
      !enabled ? (
        <StateBadge kind="off">Off</StateBadge>
      ) : engaged ? (
        <StateBadge kind="good">Takes calls</StateBadge>
      ) : (
        <StateBadge kind="waiting">Not for calls</StateBadge>
      ),
  },
]

/** Who handles conversations, and how they reach them. */
export function SkillsPage() {
  const mayChange = useMay()('skills.change')
  const navigate = useNavigate()
  const query = useConfig('skills')
  const [filters, setFilters] = useUrlFilters(defaults)
  const rows = query.data?.skills ?? none
  const wanted = filters.search.trim().toLowerCase()
  const found = rows.filter(
    ({ name, enabled, engaged }) =>
      name.toLowerCase().includes(wanted) &&
      (filters.state === '' || filters.state === (!enabled ? 'off' : engaged ? 'calls' : 'other')),
  )
  const add = mayChange && (
    <Button component={Link} to="/skills/new" leftSection={<IconPlus size={16} stroke={1.6} />}>
      New skill
    </Button>
  )
  return (
    <PageBody>
      <PageHeader
        title="Skills and routing"
        purpose="A skill is a group of agents with a queue. Here you say how its conversations reach them, and when they are there."
        action={add}
      />
      <List
        query={query}
        rows={rows}
        found={found}
        columns={columns}
        keyOf={({ skillId }) => skillId}
        noun={['skill', 'skills']}
        search={filters.search}
        onSearch={(search) => setFilters({ search, page: '1' })}
        filters={
          <Select
            aria-label="State"
            w={150}
            data={[
              { value: '', label: 'Any state' },
              { value: 'calls', label: 'Takes calls' },
              { value: 'other', label: 'Not for calls' },
              { value: 'off', label: 'Off' },
            ]}
            value={filters.state}
            onChange={(state) => setFilters({ state: state ?? '', page: '1' })}
            allowDeselect={false}
          />
        }
        at={filters}
        onMove={setFilters}
        onOpen={({ skillId }) => void navigate({ to: '/skills/$skillId', params: { skillId } as never })}
        empty={
          <EmptyState title="No skill yet" action={add}>
            The IVR names a skill with each call; its agents get the conversation.
          </EmptyState>
        }
      />
    </PageBody>
  )
}
