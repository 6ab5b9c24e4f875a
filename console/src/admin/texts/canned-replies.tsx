import { useState } from 'react'
import { useMay } from '../../session.ts'
import type { Column } from '../../ui/data-table.tsx'
import names from '../admin.module.css'
import { type Filter, List } from '../list.tsx'
import { NewButton } from '../new-button.tsx'
import type { CannedReply } from '../shapes.ts'
import { useConfig } from '../use-config.ts'
import { CannedReplyDialog } from './canned-reply-dialog.tsx'

const defaults = { search: '', skill: '', sort: 'shortcut', page: '1' }

/** The texts that agents call up by a slash, for all skills or for one. */
export function CannedReplies() {
  const mayChange = useMay()('canned-replies.change')
  const query = useConfig('canned-replies')
  const skills = useConfig('skills')
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
  const filters: readonly Filter<CannedReply>[] = [
    {
      id: 'skill',
      label: 'Skill',
      width: 160,
      any: 'Any skill',
      choices: [
        { value: 'every', label: 'Every skill' },
        ...(skills.data?.skills ?? []).map(({ skillId, name }) => ({ value: skillId, label: name })),
      ],
      keeps: ({ skillId }, chosen) => (chosen === 'every' ? skillId === null : skillId === chosen),
    },
  ]
  const add = (
    <NewButton act="canned-replies.change" onClick={() => setOpen('new')}>
      New reply
    </NewButton>
  )
  return (
    <>
      <List
        query={query}
        rows={query.data?.cannedReplies}
        columns={columns}
        keyOf={({ cannedReplyId }) => cannedReplyId}
        noun={['reply', 'replies']}
        defaults={defaults}
        searched={({ title, shortcut, text }) => [title, shortcut, text]}
        filters={filters}
        above={add}
        onOpen={mayChange ? setOpen : undefined}
        add={add}
        empty={[
          'No canned reply yet',
          'What agents write ten times a day, they can then call up by a slash and a few letters.',
        ]}
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
