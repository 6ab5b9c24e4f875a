import { Button, Select } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMay } from '../../session.ts'
import type { Column } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Phone } from '../../ui/phone.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import names from '../admin.module.css'
import { allChannels, ChannelWord, channelLabels } from '../channel-words.tsx'
import { List } from '../list.tsx'
import type { Sender } from '../shapes.ts'
import { useConfig } from '../use-config.ts'
import { connectorTitle } from './connector-title.ts'
import { SenderState } from './sender-state.tsx'

const defaults = { search: '', channel: '', sort: 'title', page: '1' }
const none: readonly Sender[] = []

const columns: readonly Column<Sender>[] = [
  {
    id: 'title',
    label: 'Title',
    value: ({ title }) => title,
    cell: ({ senderId, title, address }) => (
      <>
        <Link to="/senders/$senderId" params={{ senderId } as never} className={names.link}>
          {title}
        </Link>
        <div className={names.under}>
          <Phone number={address} />
        </div>
      </>
    ),
  },
  {
    id: 'channel',
    label: 'Channel',
    wideOnly: true,
    value: ({ channel }) => channelLabels[channel],
    cell: ({ channel }) => <ChannelWord channel={channel} />,
  },
  {
    id: 'connector',
    label: 'Provider',
    wideOnly: true,
    value: ({ connector }) => connectorTitle(connector),
    cell: ({ connector }) => connectorTitle(connector),
  },
  {
    id: 'state',
    label: 'State',
    value: ({ broken, enabled }) => (broken !== null ? 0 : enabled ? 2 : 1),
    cell: (sender) => (
      <>
        <SenderState sender={sender} />
        {sender.broken !== null && <div className={names.under}>{sender.broken}</div>}
      </>
    ),
  },
]

/** The brand's own numbers and apps, from which messages go out. */
export function SendersPage() {
  const mayChange = useMay()('senders.change')
  const navigate = useNavigate()
  const query = useConfig('senders')
  const [filters, setFilters] = useUrlFilters(defaults)
  const rows = query.data?.senders ?? none
  const wanted = filters.search.trim().toLowerCase()
  const found = rows.filter(
    ({ title, connector, channel }) =>
      (title.toLowerCase().includes(wanted) || connectorTitle(connector).toLowerCase().includes(wanted)) &&
      (filters.channel === '' || channel === filters.channel),
  )
  const add = mayChange && (
    <Button component={Link} to="/senders/new" leftSection={<IconPlus size={16} stroke={1.6} />}>
      New sender
    </Button>
  )
  return (
    <PageBody>
      <PageHeader
        title="Senders"
        purpose="Your numbers and apps, from which messages go out. Each speaks to one provider, and can be checked."
        action={add}
      />
      <List
        query={query}
        rows={rows}
        found={found}
        columns={columns}
        keyOf={({ senderId }) => senderId}
        noun={['sender', 'senders']}
        search={filters.search}
        onSearch={(search) => setFilters({ search, page: '1' })}
        filters={
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
        }
        at={filters}
        onMove={setFilters}
        onOpen={({ senderId }) => void navigate({ to: '/senders/$senderId', params: { senderId } as never })}
        empty={
          <EmptyState title="No sender yet" action={add}>
            A sender is a number at Twilio, a WhatsApp number or your own app. Without one, nothing can go out.
          </EmptyState>
        }
      />
    </PageBody>
  )
}
