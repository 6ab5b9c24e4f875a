import { Button, Select } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useMay } from '../../session.ts'
import type { Column } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import names from '../admin.module.css'
import { List } from '../list.tsx'
import type { CannedReply } from '../shapes.ts'
import { useConfig } from '../use-config.ts'
import { CannedReplyDialog } from './canned-reply-dialog.tsx'

const defaults = { search: '', skill: '', sort: 'shortcut', page: '1' }
const none: readonly CannedReply[] = []

/** The texts that agents call up by a slash, for all skills or for one. */
export function CannedReplies() {
  const mayChange = useMay()('canned-replies.change')
  const query = useConfig('canned-replies')
  const skills = useConfig('skills')
  const [filters, setFilters] = useUrlFilters(defaults)
  const [open, setOpen] = useState<CannedReply | 'new' | null>(null)
  const skillOf = (id: string | null) =>
    id === null ? 'every skill' : (skills.data?.skills.find(({ skillId }) => skillId === id)?.name ?? 'a skill')
  const columns: readonly Column<CannedReply>[] = [
    {
      id: 'shortcut',
      label: 'Shortcut',
      value: ({ shortcut }) => shortcut,
      cell: (reply) =>
        mayChange ? (
          <button type="button" className={names.link} onClick={() => setOpen(reply)}>
            /{reply.shortcut}
          </button>
        ) : (
          <strong>/{reply.shortcut}</strong>
        ),
    },
    {
      id: 'title',
      label: 'Reply',
      value: ({ title }) => title,
      cell: ({ title, text }) => (
        <>
          {title}
          <div className={names.under}>{text.length > 120 ? `${text.slice(0, 120)}…` : text}</div>
        </>
      ),
    },
    {
      id: 'skill',
      label: 'For',
      wideOnly: true,
      value: ({ skillId }) => skillOf(skillId),
      cell: ({ skillId }) => skillOf(skillId),
    },
    {
      id: 'language',
      label: 'Language',
      wideOnly: true,
      value: ({ language }) => language ?? '',
      cell: ({ language }) => language ?? 'any',
    },
  ]
  const rows = query.data?.cannedReplies ?? none
  const wanted = filters.search.trim().toLowerCase()
  const found = rows.filter(
    ({ title, shortcut, text, skillId }) =>
      [title, shortcut, text].some((part) => part.toLowerCase().includes(wanted)) &&
      (filters.skill === '' || (filters.skill === 'every' ? skillId === null : skillId === filters.skill)),
  )
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} stroke={1.6} />} onClick={() => setOpen('new')}>
      New reply
    </Button>
  )
  return (
    <>
      <List
        query={query}
        rows={rows}
        found={found}
        columns={columns}
        keyOf={({ cannedReplyId }) => cannedReplyId}
        noun={['reply', 'replies']}
        search={filters.search}
        onSearch={(search) => setFilters({ search, page: '1' })}
        filters={
          <>
            <Select
              aria-label="Skill"
              w={160}
              data={[
                { value: '', label: 'Any skill' },
                { value: 'every', label: 'Every skill' },
                ...(skills.data?.skills ?? []).map(({ skillId, name }) => ({ value: skillId, label: name })),
              ]}
              value={filters.skill}
              onChange={(skill) => setFilters({ skill: skill ?? '', page: '1' })}
              allowDeselect={false}
            />
            {add}
          </>
        }
        at={filters}
        onMove={setFilters}
        {...(mayChange ? { onOpen: (reply: CannedReply) => setOpen(reply) } : {})}
        empty={
          <EmptyState title="No canned reply yet" action={add}>
            What agents write ten times a day, they can then call up by a slash and a few letters.
          </EmptyState>
        }
      />
      {open !== null && (
        <CannedReplyDialog
          reply={open === 'new' ? null : open}
          skills={skills.data?.skills ?? []}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  )
}
