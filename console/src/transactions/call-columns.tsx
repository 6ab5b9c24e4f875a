import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Answer } from '../api.ts'
import type { Column } from '../ui/data-table.tsx'
import { Phone } from '../ui/phone.tsx'
import { Time } from '../ui/time.tsx'
import { channelWords } from '../workspace/lists.ts'
import { OutcomeWord } from './outcome-word.tsx'
import names from './transactions.module.css'

type Call = Pick<
  Answer<'POST /api/transactions/search'>['transactions'][number],
  'callId' | 'attemptedAt' | 'consumerPhone' | 'outcome' | 'channel' | 'skill'
>

/** What every list of calls says of each, which leads to its own journey. */
export const callColumns = {
  at: {
    id: 'at',
    label: 'When',
    cell: ({ callId, attemptedAt }) => (
      <Anchor component={Link} to={`/transactions/${callId}`} size="sm" c="var(--accent-text)" className={names.when!}>
        <Time at={attemptedAt} />
      </Anchor>
    ),
  },
  phone: { id: 'phone', label: 'Consumer', cell: ({ consumerPhone }) => <Phone number={consumerPhone} /> },
  outcome: { id: 'outcome', label: 'How far it came', cell: ({ outcome }) => <OutcomeWord outcome={outcome} /> },
  channel: {
    id: 'channel',
    label: 'Channel',
    cell: ({ channel }) => (channel === null ? '' : channelWords[channel]),
    wideOnly: true,
  },
  skill: { id: 'skill', label: 'Skill', cell: ({ skill }) => skill ?? '', wideOnly: true },
} as const satisfies Readonly<Record<string, Column<Call>>>
