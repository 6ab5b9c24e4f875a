import { Button } from '@mantine/core'
import type { Column } from '../../ui/data-table.tsx'
import { Phone } from '../../ui/phone.tsx'
import { Time } from '../../ui/time.tsx'
import names from '../admin.module.css'
import { ChannelWord } from '../channel-words.tsx'
import { StateBadge } from '../state-badge.tsx'
import type { OptOut } from './use-opt-outs.ts'

const sources: Readonly<Record<string, string>> = {
  keyword: 'by message',
  provider: 'at the provider',
  'provider-refusal': 'the provider refused to send',
  agent: 'entered by a colleague',
  api: 'by a system',
}

/** `onLift` null: the person may only look. */
export function optOutColumns(onLift: ((optOut: OptOut) => void) | null): readonly Column<OptOut>[] {
  return [
    {
      id: 'address',
      label: 'Consumer',
      value: ({ address }) => address,
      cell: ({ address }) => (
        <strong>
          <Phone number={address} />
        </strong>
      ),
    },
    {
      id: 'channel',
      label: 'Binds',
      value: ({ channel }) => channel,
      cell: ({ channel }) => (channel === '*' ? 'all channels' : <ChannelWord channel={channel} />),
    },
    {
      id: 'at',
      label: 'Since',
      wideOnly: true,
      value: ({ optedOutAt }) => optedOutAt,
      cell: ({ optedOutAt }) => <Time at={optedOutAt} />,
    },
    {
      id: 'source',
      label: 'How',
      wideOnly: true,
      value: ({ source }) => source,
      cell: ({ source, evidence }) => (
        <>
          {sources[source] ?? source}
          {evidence !== null && <div className={names.under}>“{evidence}”</div>}
        </>
      ),
    },
    {
      id: 'state',
      label: 'State',
      cell: (optOut) => {
        const { liftedAt, address } = optOut
        if (liftedAt !== null)
          return (
            <>
              <StateBadge kind="off">Lifted</StateBadge>
              <div className={names.under}>
                <Time at={liftedAt} />
              </div>
            </>
          )
        if (onLift === null) return 'in force'
        return (
          <Button size="compact-sm" variant="default" aria-label={`Lift for ${address}`} onClick={() => onLift(optOut)}>
            Lift
          </Button>
        )
      },
    },
  ]
}
