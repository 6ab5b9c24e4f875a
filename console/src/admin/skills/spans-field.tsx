import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import names from './skills.module.css'

interface Span {
  from: string
  to: string
}

/** The open times of one day; none: closed. */
export function SpansField({
  label,
  spans,
  onChange,
}: {
  label: string
  spans: readonly Span[]
  onChange(spans: Span[]): void
}) {
  const change = (index: number, part: Partial<Span>) =>
    onChange(spans.toSpliced(index, 1, { ...spans[index]!, ...part }))
  return (
    <div className={names.spans}>
      {spans.length === 0 && <span className={names.closed}>Closed</span>}
      {spans.map(({ from, to }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place
        <div key={index} className={names.span}>
          <TextInput
            aria-label={`${label}, from`}
            w={76}
            placeholder="09:00"
            value={from}
            error={!isTime(from)}
            onChange={(event) => change(index, { from: event.currentTarget.value })}
          />
          to
          <TextInput
            aria-label={`${label}, to`}
            w={76}
            placeholder="17:00"
            value={to}
            error={!isTime(to) || to <= from}
            onChange={(event) => change(index, { to: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove ${from} to ${to} on ${label}`}
            onClick={() => onChange(spans.toSpliced(index, 1))}
          >
            <IconX size={16} stroke={1.6} />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="compact-sm"
        variant="subtle"
        aria-label={`Add a time on ${label}`}
        leftSection={<IconPlus size={14} stroke={1.6} />}
        onClick={() => onChange([...spans, next(spans)])}
      >
        Time
      </Button>
    </div>
  )
}

const isTime = (text: string) => /^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$/.test(text)

/** After the last one of the day, else a working day. */
function next(spans: readonly Span[]): Span {
  const last = spans.at(-1)
  return last === undefined || last.to >= '18:00' ? { from: '09:00', to: '17:00' } : { from: '18:00', to: '20:00' }
}
