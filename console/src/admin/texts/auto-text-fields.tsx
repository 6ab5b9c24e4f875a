import { Textarea } from '@mantine/core'
import type { AutoTexts } from '../shapes.ts'

const fields = [
  ['firstAnswer', 'First answer', 'When a conversation begins while somebody is there.'],
  ['outOfHours', 'Out of hours', 'Once, when a consumer writes while the skill is closed.'],
  ['waiting', 'Waiting', 'Once, to whom nobody has answered for a while.'],
  ['survey', 'Question after closing', 'Answered with a number from 1 to 5. Only where the question is switched on.'],
] as const

const ownSurvey = 'How did we do? Answer with a number from 1 (bad) to 5 (very good).'

/**
 * The automatic texts of the account, or of a skill (`usual` is then what the account says). An empty text of a skill
 * means the account's.
 */
export function AutoTextFields({
  texts,
  usual,
  onChange,
}: {
  texts: AutoTexts
  usual: AutoTexts | null
  onChange(change: Partial<AutoTexts>): void
}) {
  return fields.map(([kind, label, about]) => (
    <Textarea
      key={kind}
      label={label}
      description={about}
      placeholder={usual?.[kind] ?? (kind === 'survey' ? ownSurvey : 'Nothing is said')}
      autosize
      minRows={1}
      maxLength={1_600}
      value={texts[kind] ?? ''}
      onChange={(event) => onChange({ [kind]: event.currentTarget.value === '' ? null : event.currentTarget.value })}
    />
  ))
}
