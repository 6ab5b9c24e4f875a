import { IconBrandWhatsapp, IconDeviceMobileMessage, IconMessage } from '@tabler/icons-react'
import type { Channel } from './shapes.ts'

export const channelLabels: Readonly<Record<Channel, string>> = { sms: 'SMS', wa: 'WhatsApp', inapp: 'In-app' }
export const allChannels = ['sms', 'wa', 'inapp'] as const
/** Every channel, for a field in which one is chosen. */
export const channelChoices = allChannels.map((value) => ({ value, label: channelLabels[value] }))

const icons = { sms: IconMessage, wa: IconBrandWhatsapp, inapp: IconDeviceMobileMessage } as const

/** A channel by its icon and its name, never by colour alone. */
export function ChannelWord({ channel }: { channel: Channel }) {
  const Icon = icons[channel]
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 4, whiteSpace: 'nowrap' }}>
      <Icon size={16} stroke={1.6} aria-hidden />
      {channelLabels[channel]}
    </span>
  )
}

/** "SMS, else WhatsApp". */
export const channelsInWords = (channels: readonly Channel[]): string =>
  channels.map((channel) => channelLabels[channel]).join(', else ')
