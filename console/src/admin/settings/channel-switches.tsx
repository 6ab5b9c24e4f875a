import { Checkbox } from '@mantine/core'
import { allChannels, channelLabels } from '../channel-words.tsx'
import { OrderButtons } from '../order-buttons.tsx'
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
            <OrderButtons label={label} list={channels} index={index} onChange={onChange} />
          </div>
        )
      })}
    </fieldset>
  )
}
