import { Link, useNavigate } from '@tanstack/react-router'
import type { Column } from '../../ui/data-table.tsx'
import names from '../admin.module.css'
import type { Filter } from '../list.tsx'
import { ListPage } from '../list-page.tsx'
import { NewButton } from '../new-button.tsx'
import type { Skill } from '../shapes.ts'
import { StateBadge } from '../state-badge.tsx'
import { useConfig } from '../use-config.ts'

const defaults = { search: '', state: '', sort: 'name', page: '1' }

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

const filters: readonly Filter<Skill>[] = [
  {
    id: 'state',
    label: 'State',
    width: 150,
    any: 'Any state',
    choices: [
      { value: 'calls', label: 'Takes calls' },
      { value: 'other', label: 'Not for calls' },
      { value: 'off', label: 'Off' },
    ],
    keeps: ({ enabled, engaged }, chosen) => chosen === (!enabled ? 'off' : engaged ? 'calls' : 'other'),
  },
]

/** Who handles conversations, and how they reach them. */
export function SkillsPage() {
  const navigate = useNavigate()
  const query = useConfig('skills')
  return (
    <ListPage
      title="Skills and routing"
      purpose="A skill is a group of agents with a queue. Here you say how its conversations reach them, and when they are there."
      add={
        <NewButton act="skills.change" to="/skills/new">
          New skill
        </NewButton>
      }
      query={query}
      rows={query.data?.skills}
      columns={columns}
      keyOf={({ skillId }) => skillId}
      noun={['skill', 'skills']}
      defaults={defaults}
      searched={({ name }) => [name]}
      filters={filters}
      onOpen={({ skillId }) => void navigate({ to: '/skills/$skillId', params: { skillId } as never })}
      empty={['No skill yet', 'The IVR names a skill with each call; its agents get the conversation.']}
    />
  )
}
