import { Button, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { RequiredNumber } from '../../ui/required-number.tsx'
import { RemoveButton } from '../remove-button.tsx'
import type { HandoffChannel } from '../shapes.ts'
import names from './handoffs.module.css'

export type Variant = NonNullable<HandoffChannel['variants']>[number]
/** What a first message says: its text, template or push. */
export type Words = Pick<HandoffChannel, 'text' | 'template' | 'title'>

const most = 10

/**
 * The words of a channel: one message, or several that are tried against each other.
 * @param fields the fields for one message's words.
 * @param onLook which of several is being written, from 0.
 */
export function VariantFields({
  channel,
  change,
  fields,
  onLook,
}: {
  channel: HandoffChannel
  change(changed: Partial<HandoffChannel>): void
  fields(words: Words, change: (changed: Words) => void): ReactNode
  onLook(variant: number): void
}) {
  const { variants = [] } = channel
  const total = variants.reduce((sum, { weight }) => sum + weight, 0)
  if (variants.length === 0) {
    const first = { name: 'A', weight: 1, ...wordsOf(channel) }
    return (
      <>
        {fields(wordsOf(channel), change)}
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} stroke={1.6} />}
          onClick={() => change({ variants: [first, { ...first, name: 'B' }] })}
          style={{ alignSelf: 'flex-start' }}
        >
          Try another text against it
        </Button>
      </>
    )
  }
  const put = (index: number, changed: Partial<Variant>) =>
    change({ variants: variants.with(index, { ...variants[index]!, ...changed }) })
  const remove = (index: number) => {
    const rest = variants.toSpliced(index, 1)
    change(rest.length > 1 ? { variants: rest } : { ...wordsOf(rest[0]!), variants: [] })
  }
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        Each caller gets one of these, and the same one every time. Reports tell which of them gets more replies, and
        when there is enough data to say so.
      </Text>
      {variants.map((variant, index) => (
        <fieldset
          // biome-ignore lint/suspicious/noArrayIndexKey: a name can be empty while it is being typed
          key={index}
          className={names.variant}
          onFocus={() => onLook(index)}
        >
          <legend className="visually-hidden">Variant {variant.name}</legend>
          <div className={names.variantHead}>
            <TextInput
              label="Name"
              className={names.variantName}
              maxLength={64}
              value={variant.name}
              onChange={(event) => put(index, { name: event.currentTarget.value })}
            />
            <RequiredNumber
              label="Weight"
              className={names.variantWeight}
              min={1}
              max={1_000}
              value={variant.weight}
              onChange={(weight) => put(index, { weight })}
            />
            <Text size="sm" c="dimmed" className={names.share}>
              {total > 0 ? Math.round((variant.weight / total) * 100) : 0} % of callers
            </Text>
            <RemoveButton size="lg" label={`Without the variant ${variant.name}`} onClick={() => remove(index)} />
          </div>
          {fields(wordsOf(variant), (changed) => put(index, changed))}
        </fieldset>
      ))}
      {variants.length < most && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} stroke={1.6} />}
          onClick={() => change({ variants: [...variants, { ...variants.at(-1)!, name: freeName(variants) }] })}
          style={{ alignSelf: 'flex-start' }}
        >
          Another variant
        </Button>
      )}
    </Stack>
  )
}

function wordsOf({ text, template, title }: Words): Words {
  return {
    ...(text === undefined ? {} : { text }),
    ...(template === undefined ? {} : { template }),
    ...(title === undefined ? {} : { title }),
  }
}

/** The next letter that no variant has for a name. */
function freeName(variants: readonly Variant[]): string {
  return [...'ABCDEFGHIJK'].find((letter) => !variants.some(({ name }) => name === letter)) ?? ''
}
