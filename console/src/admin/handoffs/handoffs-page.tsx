import { Link, useNavigate } from '@tanstack/react-router'
import type { Column } from '../../ui/data-table.tsx'
import names from '../admin.module.css'
import { channelChoices, channelsInWords } from '../channel-words.tsx'
import { minutesInWords } from '../duration-words.ts'
import type { Filter } from '../list.tsx'
import { ListPage } from '../list-page.tsx'
import { NewButton } from '../new-button.tsx'
import type { Handoff } from '../shapes.ts'
import { OnOff } from '../state-badge.tsx'
import { useConfig } from '../use-config.ts'

const defaults = { search: '', channel: '', state: '', sort: 'title', page: '1' }

const columns: readonly Column<Handoff>[] = [
  {
    id: 'title',
    label: 'Title',
    value: ({ title }) => title,
    cell: ({ handoffId, title }) => (
      <>
        <Link to="/handoffs/$handoffId" params={{ handoffId } as never} className={names.link}>
          {title}
        </Link>
        <div className={names.under}>{handoffId}</div>
      </>
    ),
  },
  {
    id: 'channels',
    label: 'Channels',
    value: ({ channels }) => channelsInWords(channels.map(({ channel }) => channel)),
    cell: ({ channels }) => channelsInWords(channels.map(({ channel }) => channel)),
  },
  {
    id: 'skills',
    label: 'Reaches',
    wideOnly: true,
    value: ({ skills }) => skills?.join(', ') ?? '',
    cell: ({ skills }) => skills?.join(', ') ?? 'any skill',
  },
  {
    id: 'lookback',
    label: 'For',
    wideOnly: true,
    value: ({ lookbackMinutes }) => lookbackMinutes,
    cell: ({ lookbackMinutes }) => minutesInWords(lookbackMinutes),
  },
  {
    id: 'state',
    label: 'State',
    value: ({ enabled }) => (enabled ? 0 : 1),
    cell: ({ enabled }) => <OnOff on={enabled} />,
  },
]

const filters: readonly Filter<Handoff>[] = [
  {
    id: 'channel',
    label: 'Channel',
    width: 150,
    any: 'Any channel',
    choices: channelChoices,
    keeps: ({ channels }, chosen) => channels.some(({ channel }) => channel === chosen),
  },
  {
    id: 'state',
    label: 'State',
    width: 120,
    any: 'On and off',
    choices: [
      { value: 'on', label: 'On' },
      { value: 'off', label: 'Off' },
    ],
    keeps: ({ enabled }, chosen) => enabled === (chosen === 'on'),
  },
]

/** Every point of the IVR at which a call can become a message. */
export function HandoffsPage() {
  const navigate = useNavigate()
  const query = useConfig('handoffs')
  return (
    <ListPage
      title="Handoffs"
      purpose="Points of your IVR at which a call can go on as messages: which channels, which words, and whom they reach."
      add={
        <NewButton act="handoffs.change" to="/handoffs/new">
          New handoff
        </NewButton>
      }
      query={query}
      rows={query.data?.handoffs}
      columns={columns}
      keyOf={({ handoffId }) => handoffId}
      noun={['handoff', 'handoffs']}
      defaults={defaults}
      searched={({ title, handoffId }) => [title, handoffId]}
      filters={filters}
      onOpen={({ handoffId }) => void navigate({ to: '/handoffs/$handoffId', params: { handoffId } as never })}
      empty={[
        'No handoff yet',
        'A handoff says what callers of one menu of your IVR get. The IVR then names it by its id.',
      ]}
    />
  )
}
