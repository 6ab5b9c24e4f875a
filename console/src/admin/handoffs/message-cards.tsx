import { Alert, Anchor, MultiSelect, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { segmentsOf } from '../../workspace/segments.ts'
import names from '../admin.module.css'
import { ChannelWord, channelLabels } from '../channel-words.tsx'
import type { HandoffChannel, Template } from '../shapes.ts'
import type { Look } from './handoff-preview.tsx'
import { senderChoices } from './sender-choices.ts'
import type { SentenceParts } from './sentence.tsx'
import { VariantFields } from './variant-fields.tsx'

/** What each channel says, and who says it. `onLook`: whose preview is shown. */
export function MessageCards({ parts, onLook }: { parts: SentenceParts; onLook(look: Look): void }) {
  const { draft, set } = parts
  if (draft.channels.length === 0) return <Text c="dimmed">Choose a channel in the sentence above.</Text>
  return (
    <div>
      {draft.channels.map((channel, index) => (
        <fieldset
          key={channel.channel}
          className={names.card}
          onFocus={(event) => {
            // A variant has told already which of them it is.
            if (event.target.closest('fieldset') === event.currentTarget)
              onLook({ channel: channel.channel, variant: 0 })
          }}
        >
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
            onLook={(variant) => onLook({ channel: channel.channel, variant })}
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
  onLook(variant: number): void
}

function Fields(given: FieldsOf) {
  if (given.channel.channel === 'sms') return <SmsFields {...given} />
  return given.channel.channel === 'wa' ? <WhatsappFields {...given} /> : <InappFields {...given} />
}

function SenderField({ parts, channel, change }: Omit<FieldsOf, 'onLook'>) {
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
  const { channel, change, onLook } = given
  const optOutLine = channel.optOutLine ?? ''
  const several = (channel.variants ?? []).length > 0
  return (
    <Stack gap="md">
      <SenderField {...given} />
      <VariantFields
        channel={channel}
        change={change}
        onLook={onLook}
        fields={({ text = '' }, put) => (
          <>
            <Textarea
              label="Text"
              description={`${text.length} characters; up to 140 is advised. {{1}}, {{2}} … are filled by the IVR.`}
              autosize
              minRows={3}
              maxLength={1_600}
              value={text}
              onChange={(event) => put({ text: event.currentTarget.value })}
            />
            {several && <Parts text={text} optOutLine={optOutLine} />}
          </>
        )}
      />
      <TextInput
        label="Opt-out line"
        description="Stands below the text. Empty: none, which many countries do not allow."
        maxLength={320}
        value={optOutLine}
        onChange={(event) => change({ optOutLine: event.currentTarget.value })}
      />
      {!several && <Parts text={channel.text ?? ''} optOutLine={optOutLine} />}
    </Stack>
  )
}

/** What the text and its opt-out line make together, as carriers bill it. */
function Parts({ text, optOutLine }: { text: string; optOutLine: string }) {
  const { count, left, costly } = segmentsOf([text, optOutLine].filter((part) => part !== '').join('\n'))
  return (
    <Text size="sm" c="dimmed">
      Together {count === 1 ? '1 text message' : `${count} text messages`}, {left} places left.
      {costly.length > 0 && ` ${costly.join(' ')} makes it longer: a message with it has 70 places instead of 160.`}
    </Text>
  )
}

function WhatsappFields(given: FieldsOf) {
  const { parts, channel, change, onLook } = given
  const approved = parts.templates.filter(({ status }) => status === 'approved')
  return (
    <Stack gap="md">
      <SenderField {...given} />
      <VariantFields
        channel={channel}
        change={change}
        onLook={onLook}
        fields={({ template }, put) => (
          <TemplateField templates={parts.templates} chosen={template} onChoose={(id) => put({ template: id })} />
        )}
      />
      {approved.length === 0 && (
        <Text size="sm">
          No template is approved yet.{' '}
          <Anchor component={Link} to="/templates/new" size="sm">
            Write one
          </Anchor>
        </Text>
      )}
    </Stack>
  )
}

function TemplateField({
  templates,
  chosen: id,
  onChoose,
}: {
  templates: readonly Template[]
  chosen: string | undefined
  onChoose(templateId: string): void
}) {
  const chosen = templates.find(({ templateId }) => templateId === id)
  return (
    <>
      <Select
        label="Template"
        description="WhatsApp lets only an approved template begin a conversation."
        data={templates.map(({ templateId, name, language, status }) => ({
          value: templateId,
          label: `${name} · ${language}${status === 'approved' ? '' : ` · ${status}`}`,
          disabled: status !== 'approved',
        }))}
        value={id ?? null}
        onChange={(template) => onChoose(template ?? '')}
        allowDeselect={false}
        searchable
        placeholder="Choose"
      />
      {chosen !== undefined && chosen.status !== 'approved' && (
        <Alert color="red" variant="light">
          {chosen.name} is {chosen.status}
          {chosen.reason === null ? '.' : `: ${chosen.reason}`}
        </Alert>
      )}
    </>
  )
}

function InappFields({ parts, channel, change, onLook }: FieldsOf) {
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
      <VariantFields
        channel={channel}
        change={change}
        onLook={onLook}
        fields={({ title = '', text = '' }, put) => (
          <>
            <TextInput
              label="Title of the notification"
              maxLength={100}
              value={title}
              onChange={(event) => put({ title: event.currentTarget.value })}
            />
            <Textarea
              label="Text"
              autosize
              minRows={3}
              maxLength={1_000}
              value={text}
              onChange={(event) => put({ text: event.currentTarget.value })}
            />
          </>
        )}
      />
    </Stack>
  )
}
