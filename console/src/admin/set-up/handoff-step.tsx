import { Button, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { formatPhone } from '../../ui/format-phone.ts'
import { Problem } from '../../ui/problem.tsx'
import names from '../admin.module.css'
import { blankHandoff, defaultOptOutLine, newChannel } from '../handoffs/draft-of-channel.ts'
import { tellSaved, useSaveHandoff } from '../handoffs/save-handoff.ts'
import { PhonePreview } from '../phone-preview/phone-preview.tsx'
import type { Sender } from '../shapes.ts'

/** A first handoff by SMS right here; anything else in the editor. */
export function HandoffStep({ senders }: { senders: readonly Sender[] }) {
  const sender = senders.find(({ channel, enabled }) => channel === 'sms' && enabled)
  const save = useSaveHandoff()
  const [title, setTitle] = useState('First handoff')
  const [text, setText] = useState(newChannel('sms', senders, []).text ?? '')
  const editor = (
    <Button component={Link} to="/handoffs/new" variant="default">
      Open the editor
    </Button>
  )
  if (sender === undefined) {
    return (
      <Stack gap="md" align="flex-start">
        <Text size="sm">
          {senders.length === 0
            ? 'First add a sender, in the step above.'
            : 'By WhatsApp or in an app, a handoff is written in its editor.'}
        </Text>
        {senders.length > 0 && editor}
      </Stack>
    )
  }
  return (
    <form
      className={names.withPreview}
      onSubmit={(event) => {
        event.preventDefault()
        const channel = { ...newChannel('sms', [sender], []), text }
        save.mutate(
          { handoffId: null, change: { ...blankHandoff, title, channels: [channel] } },
          { onSuccess: ({ warnings }) => tellSaved(title, warnings) },
        )
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Title"
          required
          maxLength={255}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Textarea
          label="The first text message"
          required
          autosize
          minRows={3}
          maxLength={1_600}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {save.error !== null && <Problem error={save.error} title="Not added" />}
        <div className={names.inline}>
          <Button type="submit" loading={save.isPending}>
            Add handoff
          </Button>
          {editor}
        </div>
      </Stack>
      <PhonePreview
        message={{ channel: 'sms', from: formatPhone(sender.address), text: `${text}\n${defaultOptOutLine}` }}
      />
    </form>
  )
}
