import { useState } from 'react'
import { useMay, useSession } from '../../session.ts'
import type { Column } from '../../ui/data-table.tsx'
import names from '../admin.module.css'
import type { Filter } from '../list.tsx'
import { ListPage } from '../list-page.tsx'
import { NewButton } from '../new-button.tsx'
import { SecretsOnce } from '../secrets-once.tsx'
import type { User } from '../shapes.ts'
import { OnOff } from '../state-badge.tsx'
import { useConfig } from '../use-config.ts'
import { PersonDialog } from './person-dialog.tsx'
import { roleWords } from './role-words.ts'

const defaults = { role: '', skill: '', sort: 'name', page: '1' }

/** Who signs in, what they may, and what they handle. What is searched for stays out of the address: it is a name. */
export function PeoplePage() {
  const mayChange = useMay()('users.change')
  const { userId: me } = useSession()
  const query = useConfig('users')
  const skills = useConfig('skills')
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
  const filters: readonly Filter<User>[] = [
    {
      id: 'role',
      label: 'Role',
      width: 170,
      any: 'Any role',
      choices: Object.entries(roleWords).map(([value, [label]]) => ({ value, label })),
      keeps: ({ role }, chosen) => role === chosen,
    },
    {
      id: 'skill',
      label: 'Skill',
      width: 150,
      any: 'Any skill',
      choices: (skills.data?.skills ?? []).map(({ name }) => name),
      keeps: (user, chosen) => user.skills.includes(chosen),
    },
  ]
  return (
    <ListPage
      title="People"
      purpose="Who signs in, what their role lets them do, and which skills they handle."
      add={
        <NewButton act="users.change" onClick={() => setOpen('new')}>
          New person
        </NewButton>
      }
      query={query}
      rows={query.data?.users}
      columns={columns}
      keyOf={({ userId }) => userId}
      noun={['person', 'people']}
      defaults={defaults}
      searched={({ name, email }) => [name, email]}
      filters={filters}
      onOpen={mayChange ? setOpen : undefined}
      empty={['Nobody yet', 'Add those who answer consumers, and give each their skills.']}
    >
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
    </ListPage>
  )
}
