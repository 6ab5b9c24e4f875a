import { TextInput } from '@mantine/core'
import type { SentenceParts } from './sentence.tsx'

export function TitleField({ draft, set }: Pick<SentenceParts, 'draft' | 'set'>) {
  return (
    <TextInput
      label="Title"
      description="Unique, without < and >."
      maxLength={255}
      required
      value={draft.title}
      onChange={(event) => set({ title: event.currentTarget.value })}
    />
  )
}
