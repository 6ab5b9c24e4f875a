import { Group, Select, Text, Textarea, TextInput } from '@mantine/core'
import { formatPhone } from '../../ui/format-phone.ts'
import { Section } from '../section.tsx'
import type { Sender } from '../shapes.ts'
import { ButtonsField } from './buttons-field.tsx'
import { type TemplateDraft, templateFaults, variablesOfParts } from './template-faults.ts'

const categories = [
  { value: 'UTILITY', label: 'Utility: about something the consumer did' },
  { value: 'MARKETING', label: 'Marketing' },
  { value: 'AUTHENTICATION', label: 'Authentication' },
]
const headers = [
  { value: '', label: 'None' },
  { value: 'text', label: 'Text' },
  { value: 'image', label: 'Image' },
  { value: 'video', label: 'Video' },
  { value: 'document', label: 'Document' },
]

/** The fields of a template; what WhatsApp would refuse is said beside them. */
export function TemplateFields({
  draft,
  set,
  senders,
}: {
  draft: TemplateDraft
  set(change: Partial<TemplateDraft>): void
  senders: readonly Sender[]
}) {
  const faults = templateFaults(draft)
  return (
    <>
      <Section title="Name" about="Unique together with the language.">
        <TextInput
          label="Name"
          description="Small letters, digits and underscores."
          required
          value={draft.name}
          error={faults.name}
          onChange={(event) => set({ name: event.currentTarget.value.toLowerCase().replaceAll(' ', '_') })}
        />
        <Group grow align="flex-start">
          <TextInput
            label="Language"
            value={draft.language}
            error={faults.language}
            onChange={(event) => set({ language: event.currentTarget.value.trim() })}
          />
          <Select
            label="Type"
            data={categories}
            value={draft.category}
            onChange={(category) => set({ category: (category ?? 'UTILITY') as TemplateDraft['category'] })}
            allowDeselect={false}
          />
        </Group>
        <Select
          label="Sender"
          description="The WhatsApp number through which it is submitted."
          data={senders.map(({ senderId, title, address }) => ({
            value: senderId,
            label: `${title} · ${formatPhone(address)}`,
          }))}
          value={draft.sender === '' ? null : draft.sender}
          onChange={(sender) => set({ sender: sender ?? '' })}
          allowDeselect={false}
        />
      </Section>
      <Section title="Message" about="{{1}}, {{2}} … are filled by the IVR with each call.">
        <Group grow align="flex-start">
          <Select
            label="Header"
            data={headers}
            value={draft.header?.kind ?? ''}
            onChange={(kind) =>
              set({ header: kind ? { kind: kind as 'text', content: draft.header?.content ?? '' } : null })
            }
            allowDeselect={false}
          />
          {draft.header !== null && (
            <TextInput
              label={draft.header.kind === 'text' ? 'Header text' : `Address of the ${draft.header.kind}`}
              value={draft.header.content}
              onChange={(event) => set({ header: { ...draft.header!, content: event.currentTarget.value } })}
            />
          )}
        </Group>
        <Textarea
          label="Body"
          required
          autosize
          minRows={4}
          value={draft.body}
          error={faults.body}
          onChange={(event) => set({ body: event.currentTarget.value })}
        />
        <TextInput
          label="Footer"
          value={draft.footer ?? ''}
          error={faults.footer}
          onChange={(event) => set({ footer: event.currentTarget.value === '' ? null : event.currentTarget.value })}
        />
        <ButtonsField buttons={draft.buttons} onChange={(buttons) => set({ buttons })} />
      </Section>
      <Samples draft={draft} set={set} />
    </>
  )
}

function Samples({ draft, set }: { draft: TemplateDraft; set(change: Partial<TemplateDraft>): void }) {
  const parts = variablesOfParts(draft)
  const wanted = parts.flatMap(([part, variables]) => variables.map((name) => ({ part, name })))
  return (
    <Section title="Samples" about="Shown to those who judge the template, and in the preview.">
      {wanted.length === 0 && <Text c="dimmed">The message has no variables.</Text>}
      {wanted.map(({ part, name }) => {
        const value = draft.samples[part]?.[name] ?? ''
        return (
          <TextInput
            key={`${part}/${name}`}
            label={part === 'body' ? `{{${name}}}` : `{{${name}}} of the ${part}`}
            required
            value={value}
            error={value.trim() === '' ? 'Needs a sample.' : undefined}
            onChange={(event) => {
              const given = { ...draft.samples[part], [name]: event.currentTarget.value }
              set({ samples: { ...draft.samples, [part]: given } })
            }}
          />
        )
      })}
    </Section>
  )
}
