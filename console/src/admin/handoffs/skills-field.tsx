import { MultiSelect, Radio, Stack } from '@mantine/core'
import type { SentenceParts } from './sentence.tsx'

/** Which skills the IVR may name with this handoff. */
export function SkillsField({
  draft: { skills: chosen },
  skills,
  set,
}: Pick<SentenceParts, 'draft' | 'skills' | 'set'>) {
  return (
    <Stack gap="sm">
      <Radio.Group
        label="Who may be reached"
        value={chosen === null ? 'any' : 'some'}
        onChange={(value) => set({ skills: value === 'any' ? null : skills.slice(0, 1).map(({ name }) => name) })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="any" label="Any skill that the IVR names" />
          <Radio value="some" label="Only these skills" />
        </Stack>
      </Radio.Group>
      {chosen !== null && (
        <MultiSelect
          label="Skills"
          data={skills.map(({ name, engaged, enabled }) => ({
            value: name,
            label: enabled && engaged ? name : `${name} (not switched on for deflection)`,
          }))}
          value={[...chosen]}
          onChange={(next) => set({ skills: next })}
          searchable
          comboboxProps={{ withinPortal: false }}
        />
      )}
    </Stack>
  )
}
