import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { formatPhone } from '../../ui/format-phone.ts'
import { RemoveButton } from '../remove-button.tsx'
import type { SentenceParts } from './sentence.tsx'

/** From which number the text comes, by the number that was called, so that callers recognise it. */
export function IvrNumbers({ draft, senders, set }: SentenceParts) {
  const sms = draft.channels.find(({ channel }) => channel === 'sms')
  const [rows, setRows] = useState(() => Object.entries(sms?.senderByIvrNumber ?? {}))
  const change = (next: [string, string][]) => {
    setRows(next)
    const senderByIvrNumber = Object.fromEntries(
      next.filter(([number, sender]) => number.trim() !== '' && sender !== ''),
    )
    set({ channels: draft.channels.map((one) => (one.channel === 'sms' ? { ...one, senderByIvrNumber } : one)) })
  }
  const own = senders.filter(({ channel }) => channel === 'sms')
  return (
    <Stack gap="sm">
      <Text size="sm">
        Which calls use this handoff is for your IVR to say, by naming it. Here you can choose another SMS sender for
        calls to certain numbers.
      </Text>
      {rows.map(([number, sender], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name until it is typed
        <Group key={index} gap="xs" wrap="nowrap" align="flex-end">
          <TextInput
            label="Calls to"
            value={number}
            placeholder="+18005550100"
            onChange={(event) => change(rows.toSpliced(index, 1, [event.currentTarget.value, sender]))}
          />
          <Select
            label="Text from"
            data={own.map(({ senderId, address, title }) => ({
              value: senderId,
              label: `${title} · ${formatPhone(address)}`,
            }))}
            value={sender}
            onChange={(value) => change(rows.toSpliced(index, 1, [number, value ?? '']))}
            comboboxProps={{ withinPortal: false }}
          />
          <RemoveButton
            size="lg"
            label={`Without ${number === '' ? 'this number' : number}`}
            onClick={() => change(rows.toSpliced(index, 1))}
          />
        </Group>
      ))}
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPlus size={14} stroke={1.6} />}
        onClick={() => change([...rows, ['', own[0]?.senderId ?? '']])}
        style={{ alignSelf: 'flex-start' }}
      >
        Number
      </Button>
    </Stack>
  )
}
