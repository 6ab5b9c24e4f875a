import { SegmentedControl, Text } from '@mantine/core'
import { formatPhone } from '../../ui/format-phone.ts'
import names from '../admin.module.css'
import { channelLabels } from '../channel-words.tsx'
import { PhonePreview, type Previewed } from '../phone-preview/phone-preview.tsx'
import type { Channel, HandoffChannel } from '../shapes.ts'
import type { SentenceParts } from './sentence.tsx'

/** The first message of each channel on a phone, as it is being written. */
export function HandoffPreview({
  parts,
  shown,
  onShow,
}: {
  parts: SentenceParts
  shown: Channel | null
  onShow(channel: Channel): void
}) {
  const { channels } = parts.draft
  const chosen = channels.find(({ channel }) => channel === shown) ?? channels[0]
  if (chosen === undefined) return <Text c="dimmed">What callers see appears here.</Text>
  return (
    <div className={names.preview}>
      {channels.length > 1 && (
        <SegmentedControl
          aria-label="Preview of"
          fullWidth
          mb="md"
          data={channels.map(({ channel }) => ({ value: channel, label: channelLabels[channel] }))}
          value={chosen.channel}
          onChange={(channel) => onShow(channel as Channel)}
        />
      )}
      <PhonePreview message={previewOf(chosen, parts)} />
    </div>
  )
}

function previewOf(given: HandoffChannel, { senders, templates }: SentenceParts): Previewed {
  const sender = senders.find(({ senderId }) => senderId === given.sender)
  const from = sender === undefined ? '' : formatPhone(sender.address)
  if (given.channel === 'sms') {
    const text = [given.text ?? '', given.optOutLine ?? ''].filter((part) => part !== '').join('\n')
    return { channel: 'sms', from, text }
  }
  if (given.channel === 'inapp') {
    const app = given.senders?.[0] ?? ''
    const name = senders.find(({ senderId }) => senderId === app)?.address ?? app
    return { channel: 'inapp', from: name, title: given.title ?? '', text: given.text ?? '' }
  }
  const template = templates.find(({ templateId }) => templateId === given.template)
  if (template === undefined) return { channel: 'wa', from, text: '' }
  const { body, header, footer, buttons, samples } = template
  return { channel: 'wa', from, text: body, header, footer, buttons, samples }
}
