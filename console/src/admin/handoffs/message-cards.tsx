import { Alert, Anchor, MultiSelect, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { segmentsOf } from '../../workspace/segments.ts'
import names from '../admin.module.css'
import { ChannelWord, channelLabels } from '../channel-words.tsx'
import type { HandoffChannel } from '../shapes.ts'
import { senderChoices } from './sender-choices.ts'
import type { SentenceParts } from './sentence.tsx'

/** What each channel says, and who says it. `onLook`: whose preview is shown. */
export function MessageCards({
  parts,
  onLook,
}: {
  parts: SentenceParts
  onLook(channel: HandoffChannel['channel']): void
}) {
  const { draft, set } = parts
  if (draft.channels.length === 0) return <Text c="dimmed">Choose a channel in the sentence above.</Text>
  return (
    <div>
      {draft.channels.map((channel, index) => (
        <fieldset key={channel.channel} className={names.card} onFocus={() => onLook(channel.channel)}>
          <legend className="visually-hidden">Message by {channelLabels[channel.channel]}</legend>
          <div className={names.cardHead}>
            <h2>
              <ChannelWord channel={channel.channel} />
            </h2>
          </div>
          <Fields
            parts={parts}
            channel={channel}
            change={(changed) => set({ channels: draft.channels.toSpliced(index, 1, { ...channel, ...changed }) })}
          />
        </fieldset>
      ))}
    </div>
  )
}

interface FieldsOf {
  parts: SentenceParts
  channel: HandoffChannel
  change(changed: Partial<HandoffChannel>): void
}

function Fields(given: FieldsOf) {
  if (given.channel.channel === 'sms') return <SmsFields {...given} />
  return given.channel.channel === 'wa' ? <WhatsappFields {...given} /> : <InappFields {...given} />
}

function SenderField({ parts, channel, change }: FieldsOf) {
  const data = senderChoices(parts.senders, channel.channel)
  return (
    <>
      <Select
        label="Sender"
        data={data}
        value={channel.sender ?? null}
        onChange={(sender) => change({ sender: sender ?? '' })}
        allowDeselect={false}
        placeholder="Choose"
      />
      {data.length === 0 && (
        <Text size="sm">
          There is no {channelLabels[channel.channel]} sender yet.{' '}
          <Anchor component={Link} to="/senders/new" size="sm">
            Add one
          </Anchor>
        </Text>
      )}
    </>
  )
}

function SmsFields(given: FieldsOf) {
  const { channel, change } = given
  const text = channel.text ?? ''
  const whole = [text, channel.optOutLine ?? ''].filter((part) => part !== '').join('\n')
  const { count, left, costly } = segmentsOf(whole)
  return (
    <Stack gap="md">
      <SenderField {...given} />
      <Textarea
        label="Text"
        description={`${text.length} characters; up to 140 is advised. {{1}}, {{2}} … are filled by the IVR.`}
        autosize
        minRows={3}
        maxLength={1_600}
        value={text}
        onChange={(event) => change({ text: event.currentTarget.value })}
      />
      <TextInput
        label="Opt-out line"
        description="Stands below the text. Empty: none, which many countries do not allow."
        maxLength={320}
        value={channel.optOutLine ?? ''}
        onChange={(event) => change({ optOutLine: event.currentTarget.value })}
      />
      <Text size="sm" c="dimmed">
        Together {count === 1 ? '1 text message' : `${count} text messages`}, {left} places left.
        {costly.length > 0 && ` ${costly.join(' ')} makes it longer: a message with it has 70 places instead of 160.`}
      </Text>
    </Stack>
  )
}

function WhatsappFields(given: FieldsOf) {
  const { parts, channel, change } = given
  const approved = parts.templates.filter(({ status }) => status === 'approved')
  const chosen = parts.templates.find(({ templateId }) => templateId === channel.template)
  return (
    <Stack gap="md">
      <SenderField {...given} />
      <Select
        label="Template"
        description="WhatsApp lets only an approved template begin a conversation."
        data={parts.templates.map(({ templateId, name, language, status }) => ({
          value: templateId,
          label: `${name} · ${language}${status === 'approved' ? '' : ` · ${status}`}`,
          disabled: status !== 'approved',
        }))}
        value={channel.template ?? null}
        onChange={(template) => change({ template: template ?? '' })}
        allowDeselect={false}
        searchable
        placeholder="Choose"
      />
      {approved.length === 0 && (
        <Text size="sm">
          No template is approved yet.{' '}
          <Anchor component={Link} to="/templates/new" size="sm">
            Write one
          </Anchor>
        </Text>
      )}
      {chosen !== undefined && chosen.status !== 'approved' && (
        <Alert color="red" variant="light">
          {chosen.name} is {chosen.status}
          {chosen.reason === null ? '.' : `: ${chosen.reason}`}
        </Alert>
      )}
    </Stack>
  )
}

function InappFields({ parts, channel, change }: FieldsOf) {
  const apps = parts.senders.filter((sender) => sender.channel === 'inapp')
  const addressOf = (id: string) => apps.find(({ senderId }) => senderId === id)?.address ?? id
  return (
    <Stack gap="md">
      <MultiSelect
        label="Apps"
        description="Up to three. Each is reached on every push service that has a sender of it."
        data={[...new Set(apps.map(({ address }) => address))]}
        value={[...new Set((channel.senders ?? []).map(addressOf))]}
        onChange={(senders) => change({ senders })}
        maxValues={3}
      />
      <TextInput
        label="Title of the notification"
        maxLength={100}
        value={channel.title ?? ''}
        onChange={(event) => change({ title: event.currentTarget.value })}
      />
      <Textarea
        label="Text"
        autosize
        minRows={3}
        maxLength={1_000}
        value={channel.text ?? ''}
        onChange={(event) => change({ text: event.currentTarget.value })}
      />
    </Stack>
  )
}
