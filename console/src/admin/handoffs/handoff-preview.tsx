import { SegmentedControl, Select, Text } from '@mantine/core'
import { formatPhone } from '../../ui/format-phone.ts'
import names from '../admin.module.css'
import { channelLabels } from '../channel-words.tsx'
import { PhonePreview, type Previewed } from '../phone-preview/phone-preview.tsx'
import type { Channel, HandoffChannel } from '../shapes.ts'
import type { SentenceParts } from './sentence.tsx'

/** Which message is looked at: of a channel, and where several are tried, the one at this place. */
export interface Look {
  readonly channel: Channel
  readonly variant: number
}

/** The first message of each channel on a phone, as it is being written. */
export function HandoffPreview({
  parts,
  shown,
  onShow,
}: {
  parts: SentenceParts
  shown: Look | null
  onShow(look: Look): void
}) {
  const { channels } = parts.draft
  const chosen = channels.find(({ channel }) => channel === shown?.channel) ?? channels[0]
  if (chosen === undefined) return <Text c="dimmed">What callers see appears here.</Text>
  const { channel, variants = [] } = chosen
  const place = shown?.channel === channel && shown.variant < variants.length ? shown.variant : 0
  return (
    <div className={names.preview}>
      {channels.length > 1 && (
        <SegmentedControl
          aria-label="Preview of"
          fullWidth
          mb="md"
          data={channels.map((one) => ({ value: one.channel, label: channelLabels[one.channel] }))}
          value={channel}
          onChange={(next) => onShow({ channel: next as Channel, variant: 0 })}
        />
      )}
      {variants.length > 0 && (
        <Select
          aria-label="Variant in the preview"
          mb="md"
          data={variants.map(({ name }, index) => ({ value: String(index), label: `Variant ${name}` }))}
          value={String(place)}
          onChange={(next) => onShow({ channel, variant: Number(next) })}
          allowDeselect={false}
        />
      )}
      <PhonePreview message={previewOf({ ...chosen, ...variants[place] }, parts)} />
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
