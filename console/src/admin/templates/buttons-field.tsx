import { Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { RemoveButton } from '../remove-button.tsx'
import type { Template } from '../shapes.ts'

type Buttons = Template['buttons']

const kinds = [
  { value: 'quick-reply', label: 'Answer' },
  { value: 'url', label: 'Link' },
  { value: 'phone', label: 'Call' },
]
const valueLabels = { 'quick-reply': 'What is sent back', url: 'Address', phone: 'Number' } as const

/** The buttons below a template: ready answers, links, a number to call. */
export function ButtonsField({ buttons, onChange }: { buttons: Buttons; onChange(buttons: Buttons): void }) {
  const change = (index: number, part: Partial<Buttons[number]>) =>
    onChange(buttons.toSpliced(index, 1, { ...buttons[index]!, ...part }))
  return (
    <Stack gap="sm">
      {buttons.map(({ kind, label, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: buttons have nothing else of their own
        <Group key={index} gap="xs" align="flex-end" wrap="wrap">
          <Select
            label={`Button ${index + 1}`}
            w={110}
            data={kinds}
            value={kind}
            onChange={(next) => change(index, { kind: (next ?? 'quick-reply') as Buttons[number]['kind'] })}
            allowDeselect={false}
          />
          <TextInput
            label="Label"
            w={150}
            maxLength={25}
            value={label}
            onChange={(event) => change(index, { label: event.currentTarget.value })}
          />
          <TextInput
            label={valueLabels[kind]}
            flex={1}
            miw={150}
            value={value}
            onChange={(event) => change(index, { value: event.currentTarget.value })}
          />
          <RemoveButton
            size="lg"
            label={`Remove button ${index + 1}`}
            onClick={() => onChange(buttons.toSpliced(index, 1))}
          />
        </Group>
      ))}
      <Button
        variant="default"
        size="compact-sm"
        style={{ alignSelf: 'flex-start' }}
        leftSection={<IconPlus size={14} stroke={1.6} />}
        disabled={buttons.length >= 10}
        onClick={() => onChange([...buttons, { kind: 'quick-reply', label: '', value: '' }])}
      >
        Button
      </Button>
    </Stack>
  )
}
