import { Button, Select } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useMay, useSession } from '../../session.ts'
import type { Column } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import names from '../admin.module.css'
import { List } from '../list.tsx'
import { SecretsOnce } from '../secrets-once.tsx'
import type { Role, User } from '../shapes.ts'
import { OnOff } from '../state-badge.tsx'
import { useConfig } from '../use-config.ts'
import { PersonDialog } from './person-dialog.tsx'
import { roleWords } from './role-words.ts'

const defaults = { role: '', skill: '', state: '', sort: 'name', page: '1' }
const none: readonly User[] = []

/** Who signs in, what they may, and what they handle. What is searched for stays out of the address: it is a name. */
export function PeoplePage() {
  const mayChange = useMay()('users.change')
  const { userId: me } = useSession()
  const query = useConfig('users')
  const skills = useConfig('skills')
  const [filters, setFilters] = useUrlFilters(defaults)
  const [search, setSearch] = useState('')
  const [open, setOpen] = useState<User | 'new' | null>(null)
  const [password, setPassword] = useState<{ email: string; password: string } | null>(null)
  const columns: readonly Column<User>[] = [
    {
      id: 'name',
      label: 'Name',
      value: ({ name }) => name,
      cell: (user) => (
        <>
          {mayChange ? (
            <button type="button" className={names.link} onClick={() => setOpen(user)}>
              {user.name}
            </button>
          ) : (
            <strong>{user.name}</strong>
          )}
          {user.userId === me && ' (you)'}
          <div className={names.under}>{user.email}</div>
        </>
      ),
    },
    {
      id: 'role',
      label: 'Role',
      value: ({ role }) => roleWords[role][0],
      cell: ({ role }) => roleWords[role][0],
    },
    {
      id: 'skills',
      label: 'Skills',
      wideOnly: true,
      value: (user) => user.skills.join(', '),
      cell: (user) => user.skills.join(', ') || 'none',
    },
    {
      id: 'capacity',
      label: 'At once',
      align: 'right',
      wideOnly: true,
      value: ({ capacity }) => capacity,
      cell: ({ capacity }) => capacity ?? 'usual',
    },
    {
      id: 'state',
      label: 'State',
      value: ({ enabled }) => (enabled ? 0 : 1),
      cell: ({ enabled }) => <OnOff on={enabled} />,
    },
  ]
  const rows = query.data?.users ?? none
  const wanted = search.trim().toLowerCase()
  const found = rows.filter(
    (user) =>
      (user.name.toLowerCase().includes(wanted) || user.email.toLowerCase().includes(wanted)) &&
      (filters.role === '' || user.role === filters.role) &&
      (filters.skill === '' || user.skills.includes(filters.skill)) &&
      (filters.state === '' || user.enabled === (filters.state === 'on')),
  )
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} stroke={1.6} />} onClick={() => setOpen('new')}>
      New person
    </Button>
  )
  return (
    <PageBody>
      <PageHeader
        title="People"
        purpose="Who signs in, what their role lets them do, and which skills they handle."
        action={add}
      />
      <List
        query={query}
        rows={rows}
        found={found}
        columns={columns}
        keyOf={({ userId }) => userId}
        noun={['person', 'people']}
        search={search}
        onSearch={setSearch}
        filters={
          <>
            <Select
              aria-label="Role"
              w={170}
              data={[
                { value: '', label: 'Any role' },
                ...Object.entries(roleWords).map(([value, [label]]) => ({ value, label })),
              ]}
              value={filters.role}
              onChange={(role) => setFilters({ role: (role ?? '') as Role | '', page: '1' })}
              allowDeselect={false}
            />
            <Select
              aria-label="Skill"
              w={150}
              data={[{ value: '', label: 'Any skill' }, ...(skills.data?.skills ?? []).map(({ name }) => name)]}
              value={filters.skill}
              onChange={(skill) => setFilters({ skill: skill ?? '', page: '1' })}
              allowDeselect={false}
            />
          </>
        }
        at={filters}
        onMove={setFilters}
        {...(mayChange ? { onOpen: (user: User) => setOpen(user) } : {})}
        empty={
          <EmptyState title="Nobody yet" action={add}>
            Add those who answer consumers, and give each their skills.
          </EmptyState>
        }
      />
      {open !== null && (
        <PersonDialog
          user={open === 'new' ? null : open}
          skills={skills.data?.skills ?? []}
          onPassword={setPassword}
          onClose={() => setOpen(null)}
        />
      )}
      {password !== null && (
        <SecretsOnce
          title="The password"
          about="It is shown this once. Give it to them by a way that nobody else reads."
          values={[
            { label: 'Email', value: password.email },
            { label: 'Password', value: password.password },
          ]}
          onClose={() => setPassword(null)}
        />
      )}
    </PageBody>
  )
}
