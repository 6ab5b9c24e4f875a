import { Link, useNavigate } from '@tanstack/react-router'
import type { Column } from '../../ui/data-table.tsx'
import { Phone } from '../../ui/phone.tsx'
import names from '../admin.module.css'
import { ChannelWord, channelChoices, channelLabels } from '../channel-words.tsx'
import type { Filter } from '../list.tsx'
import { ListPage } from '../list-page.tsx'
import { NewButton } from '../new-button.tsx'
import type { Sender } from '../shapes.ts'
import { useConfig } from '../use-config.ts'
import { connectorTitle } from './connector-title.ts'
import { SenderState } from './sender-state.tsx'

const defaults = { search: '', channel: '', sort: 'title', page: '1' }

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

const filters: readonly Filter<Sender>[] = [
  {
    id: 'channel',
    label: 'Channel',
    width: 150,
    any: 'Any channel',
    choices: channelChoices,
    keeps: ({ channel }, chosen) => channel === chosen,
  },
]

/** The brand's own numbers and apps, from which messages go out. */
export function SendersPage() {
  const navigate = useNavigate()
  const query = useConfig('senders')
  return (
    <ListPage
      title="Senders"
      purpose="Your numbers and apps, from which messages go out. Each speaks to one provider, and can be checked."
      add={
        <NewButton act="senders.change" to="/senders/new">
          New sender
        </NewButton>
      }
      query={query}
      rows={query.data?.senders}
      columns={columns}
      keyOf={({ senderId }) => senderId}
      noun={['sender', 'senders']}
      defaults={defaults}
      searched={({ title, connector }) => [title, connectorTitle(connector)]}
      filters={filters}
      onOpen={({ senderId }) => void navigate({ to: '/senders/$senderId', params: { senderId } as never })}
      empty={[
        'No sender yet',
        'A sender is a number at Twilio, a WhatsApp number or your own app. Without one, nothing can go out.',
      ]}
    />
  )
}
