import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Answer, api } from '../api.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorState } from '../ui/error-state.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import names from './composer.module.css'
import { send } from './outbox.ts'

type Template = Answer<'GET /api/workspace/conversations/{conversationId}/templates'>['templates'][number]

/** The approved templates, one of which is chosen, filled and sent: what WhatsApp lets through at any time. */
export function TemplatePicker({
  conversationId,
  userId,
  onClose,
}: {
  conversationId: string
  userId: string
  onClose(): void
}) {
  const templates = useQuery({
    queryKey: ['reply-templates', conversationId],
    queryFn: ({ signal }) =>
      api('GET /api/workspace/conversations/{conversationId}/templates', { params: { conversationId }, signal }),
  })
  const [chosen, setChosen] = useState<string | null>(null)
  const all = templates.data?.templates ?? []
  const template = all.find((one) => one.templateId === chosen) ?? null
  return (
    <Modal opened onClose={onClose} title="Send a template" size="lg">
      {templates.error !== null && <ErrorState error={templates.error} retry={() => void templates.refetch()} />}
      {templates.isPending && <RowsSkeleton rows={3} />}
      {templates.isSuccess && all.length === 0 && (
        <EmptyState title="No template is approved yet">An administrator submits them under Templates.</EmptyState>
      )}
      {all.length > 0 && (
        <Radio.Group
          value={chosen}
          onChange={setChosen}
          label="Template"
          description="Approved by WhatsApp, so that it may be sent at any time."
        >
          <Stack gap="xs" mt="sm">
            {all.map((one) => (
              <Radio
                key={one.templateId}
                value={one.templateId}
                label={`${one.name} · ${one.language}`}
                description={one.body}
              />
            ))}
          </Stack>
        </Radio.Group>
      )}
      {template !== null && (
        <Filling
          key={template.templateId}
          template={template}
          onSend={(text, variables) => {
            send({
              userId,
              conversationId,
              kind: 'template',
              text,
              files: [],
              template: { templateId: template.templateId, variables },
            })
            onClose()
          }}
        />
      )}
    </Modal>
  )
}

function Filling({
  template,
  onSend,
}: {
  template: Template
  onSend(text: string, variables: Record<string, unknown>): void
}) {
  const [given, setGiven] = useState<Record<string, string>>({})
  const { body, header, buttons } = template.variables
  const wanted = [
    ...body.map((name) => ({ key: `body/${name}`, name, label: `{{${name}}}` })),
    ...header.map((name) => ({ key: `header/${name}`, name, label: `Header {{${name}}}` })),
    ...buttons.map((name) => ({ key: `buttons/${name}`, name, label: `Button ${name}` })),
  ]
  const of = (part: string) =>
    Object.fromEntries(
      wanted.filter(({ key }) => key.startsWith(`${part}/`)).map(({ key, name }) => [name, given[key] ?? '']),
    )
  const text = template.body.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => given[`body/${name}`] || whole)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSend(text, {
          ...of('body'),
          ...(header.length > 0 ? { headerVariables: of('header') } : {}),
          ...(buttons.length > 0 ? { buttonVariables: of('buttons') } : {}),
        })
      }}
    >
      <Stack gap="sm" mt="md">
        {wanted.map(({ key, label }) => (
          <TextInput
            key={key}
            label={label}
            required
            maxLength={1_024}
            value={given[key] ?? ''}
            onChange={(event) => {
              const { value } = event.currentTarget
              setGiven((before) => ({ ...before, [key]: value }))
            }}
          />
        ))}
        <div className={names.preview}>
          <Text size="xs" c="dimmed">
            What the consumer gets
          </Text>
          <bdi dir="auto">{text}</bdi>
        </div>
        <Group justify="flex-end">
          <Button type="submit">Send template</Button>
        </Group>
      </Stack>
    </form>
  )
}
