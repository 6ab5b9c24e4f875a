import { Button, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { RemoveButton } from '../remove-button.tsx'
import type { Hours } from '../shapes.ts'
import names from './skills.module.css'
import { SpansField } from './spans-field.tsx'

type Holidays = Hours['holidays']

/** Days that go by times of their own instead of the week's; without any, they are closed. */
export function HolidaysField({ holidays, onChange }: { holidays: Holidays; onChange(holidays: Holidays): void }) {
  const change = (index: number, part: Partial<Holidays[number]>) =>
    onChange(holidays.toSpliced(index, 1, { ...holidays[index]!, ...part }))
  return (
    <div>
      <div className={names.label}>Holidays</div>
      {holidays.map(({ date, name = '', open }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a holiday has no name until it is typed
        <div key={index} className={names.holiday}>
          <TextInput
            type="date"
            aria-label={`Date of holiday ${index + 1}`}
            w={150}
            value={date}
            onChange={(event) => change(index, { date: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`Name of holiday ${index + 1}`}
            placeholder="Name"
            w={160}
            maxLength={100}
            value={name}
            onChange={(event) => change(index, { name: event.currentTarget.value })}
          />
          <SpansField
            label={name === '' ? `holiday ${index + 1}` : name}
            spans={open}
            onChange={(spans) => change(index, { open: spans })}
          />
          <RemoveButton
            label={`Remove holiday ${name === '' ? index + 1 : name}`}
            onClick={() => onChange(holidays.toSpliced(index, 1))}
          />
        </div>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        mt="sm"
        leftSection={<IconPlus size={14} stroke={1.6} />}
        onClick={() => onChange([...holidays, { date: '', name: '', open: [] }])}
      >
        Holiday
      </Button>
    </div>
  )
}
