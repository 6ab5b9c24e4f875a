import { Button, Group, Stack, Text } from '@mantine/core'
import { RequiredNumber } from '../../ui/required-number.tsx'
import { minutesInWords } from '../duration-words.ts'
import type { SentenceParts } from './sentence.tsx'

const day = 1_440
const usual = [60, day, 7 * day, 30 * day]

/** How long a reply still belongs to the call: 1 hour to 30 days, in days and hours as the original asks. */
export function LookbackField({ draft: { lookbackMinutes }, set }: Pick<SentenceParts, 'draft' | 'set'>) {
  const days = Math.floor(lookbackMinutes / day)
  const hours = Math.floor((lookbackMinutes % day) / 60)
  const change = (nextDays: number, nextHours: number) =>
    set({ lookbackMinutes: Math.min(30 * day, Math.max(60, nextDays * day + nextHours * 60)) })
  return (
    <Stack gap="sm">
      <Text size="sm">How long after the invite a reply still belongs to the call and goes where it says.</Text>
      <Group gap="xs">
        {usual.map((minutes) => (
          <Button
            key={minutes}
            size="compact-sm"
            variant={minutes === lookbackMinutes ? 'filled' : 'default'}
            aria-pressed={minutes === lookbackMinutes}
            onClick={() => set({ lookbackMinutes: minutes })}
          >
            {minutesInWords(minutes)}
          </Button>
        ))}
      </Group>
      <Group grow>
        <RequiredNumber label="Days" min={0} max={30} value={days} onChange={(next) => change(next, hours)} />
        <RequiredNumber label="Hours" min={0} max={23} value={hours} onChange={(next) => change(days, next)} />
      </Group>
    </Stack>
  )
}
