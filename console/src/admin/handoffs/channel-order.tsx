import { Button, Group, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { allChannels, ChannelWord, channelLabels } from '../channel-words.tsx'
import { OrderButtons } from '../order-buttons.tsx'
import { RemoveButton } from '../remove-button.tsx'
import type { Channel } from '../shapes.ts'
import { newChannel } from './draft-of-channel.ts'
import names from './handoffs.module.css'
import type { SentenceParts } from './sentence.tsx'

/** Which channels are tried, the first one first. In-app stands alone: the contract has it so. */
export function ChannelOrder({ draft, senders, templates, set }: SentenceParts) {
  const { channels } = draft
  const has = (channel: Channel) => channels.some((one) => one.channel === channel)
  const why = (channel: Channel): string | null => {
    if (!senders.some((sender) => sender.channel === channel))
      return `There is no ${channelLabels[channel]} sender yet.`
    if (channel === 'inapp' && channels.length > 0) return 'In-app excludes the other channels.'
    if (channel !== 'inapp' && has('inapp')) return 'In-app excludes the other channels.'
    return null
  }
  const open = allChannels.filter((channel) => !has(channel))
  return (
    <Stack gap="sm">
      <ol className={names.order}>
        {channels.map(({ channel }, index) => (
          <li key={channel}>
            <ChannelWord channel={channel} />
            <OrderButtons
              label={channelLabels[channel]}
              list={channels}
              index={index}
              onChange={(next) => set({ channels: next })}
            />
            <RemoveButton
              label={`Without ${channelLabels[channel]}`}
              onClick={() => set({ channels: channels.filter((one) => one.channel !== channel) })}
            />
          </li>
        ))}
      </ol>
      <Group gap="sm">
        {open.map((channel) => (
          <Button
            key={channel}
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} stroke={1.6} />}
            disabled={why(channel) !== null}
            onClick={() => set({ channels: [...channels, newChannel(channel, senders, templates)] })}
          >
            {channelLabels[channel]}
          </Button>
        ))}
      </Group>
      {[...new Set(open.map(why))].map(
        (reason) =>
          reason !== null && (
            <Text key={reason} size="sm" c="dimmed">
              {reason}
            </Text>
          ),
      )}
    </Stack>
  )
}
