import { ActionIcon, Checkbox } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { allChannels, channelLabels } from '../channel-words.tsx'
import type { Channel } from '../shapes.ts'
import names from './settings.module.css'

/** Channels on and off, and their order: those that are on come first. */
export function ChannelSwitches({
  channels,
  onChange,
}: {
  channels: readonly Channel[]
  onChange(channels: Channel[]): void
}) {
  const order = [...channels, ...allChannels.filter((channel) => !channels.includes(channel))]
  const move = (from: number, to: number) => {
    const next = [...channels]
    next.splice(to, 0, ...next.splice(from, 1))
    onChange(next)
  }
  return (
    <fieldset className={names.channels}>
      <legend>Channels and their order</legend>
      {order.map((channel, index) => {
        const on = channels.includes(channel)
        const label = channelLabels[channel]
        return (
          <div key={channel} className={names.channel}>
            <Checkbox
              label={label}
              checked={on}
              onChange={() => onChange(on ? channels.filter((one) => one !== channel) : [...channels, channel])}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${label} earlier`}
              disabled={!on || index === 0}
              onClick={() => move(index, index - 1)}
            >
              <IconArrowUp size={16} stroke={1.6} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${label} later`}
              disabled={!on || index >= channels.length - 1}
              onClick={() => move(index, index + 1)}
            >
              <IconArrowDown size={16} stroke={1.6} />
            </ActionIcon>
          </div>
        )
      })}
    </fieldset>
  )
}
