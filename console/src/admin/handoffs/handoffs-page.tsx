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
import { allChannels, channelLabels, channelsInWords } from '../channel-words.tsx'
import { minutesInWords } from '../duration-words.ts'
import { List } from '../list.tsx'
import type { Handoff } from '../shapes.ts'
import { OnOff } from '../state-badge.tsx'
import { useConfig } from '../use-config.ts'

const defaults = { search: '', channel: '', state: '', sort: 'title', page: '1' }
const none: readonly Handoff[] = []

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

/** Every point of the IVR at which a call can become a message. */
export function HandoffsPage() {
  const may = useMay()
  const navigate = useNavigate()
  const query = useConfig('handoffs')
  const [filters, setFilters] = useUrlFilters(defaults)
  const rows = query.data?.handoffs ?? none
  const wanted = filters.search.trim().toLowerCase()
  const found = rows.filter(
    ({ title, handoffId, channels, enabled }) =>
      (title.toLowerCase().includes(wanted) || handoffId.toLowerCase().includes(wanted)) &&
      (filters.channel === '' || channels.some(({ channel }) => channel === filters.channel)) &&
      (filters.state === '' || enabled === (filters.state === 'on')),
  )
  const add = may('handoffs.change') && (
    <Button component={Link} to="/handoffs/new" leftSection={<IconPlus size={16} stroke={1.6} />}>
      New handoff
    </Button>
  )
  return (
    <PageBody>
      <PageHeader
        title="Handoffs"
        purpose="Points of your IVR at which a call can go on as messages: which channels, which words, and whom they reach."
        action={add}
      />
      <List
        query={query}
        rows={rows}
        found={found}
        columns={columns}
        keyOf={({ handoffId }) => handoffId}
        noun={['handoff', 'handoffs']}
        search={filters.search}
        onSearch={(search) => setFilters({ search, page: '1' })}
        filters={
          <>
            <Select
              aria-label="Channel"
              w={150}
              data={[
                { value: '', label: 'Any channel' },
                ...allChannels.map((value) => ({ value, label: channelLabels[value] })),
              ]}
              value={filters.channel}
              onChange={(channel) => setFilters({ channel: channel ?? '', page: '1' })}
              allowDeselect={false}
            />
            <Select
              aria-label="State"
              w={120}
              data={[
                { value: '', label: 'On and off' },
                { value: 'on', label: 'On' },
                { value: 'off', label: 'Off' },
              ]}
              value={filters.state}
              onChange={(state) => setFilters({ state: state ?? '', page: '1' })}
              allowDeselect={false}
            />
          </>
        }
        at={filters}
        onMove={setFilters}
        onOpen={({ handoffId }) => void navigate({ to: '/handoffs/$handoffId', params: { handoffId } as never })}
        empty={
          <EmptyState title="No handoff yet" action={add}>
            A handoff says what callers of one menu of your IVR get. The IVR then names it by its id.
          </EmptyState>
        }
      />
    </PageBody>
  )
}
