import { Radio, Stack } from '@mantine/core'
import { RequiredNumber } from '../../ui/required-number.tsx'
import { Section } from '../section.tsx'
import type { SkillDraft } from './skill-editor.tsx'

/** How conversations reach the agents of a skill. */
export function RoutingFields({ draft, set }: { draft: SkillDraft; set(change: Partial<SkillDraft>): void }) {
  return (
    <Section title="Routing" about="Whoever talked to a consumer last is preferred while online.">
      <Radio.Group
        label="Conversations are"
        value={draft.routing}
        onChange={(routing) => set({ routing: routing as 'pull' | 'offer' })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="pull" label="taken by hand from the queue" />
          <Radio value="offer" label="offered to the next free agent, with a countdown" />
        </Stack>
      </Radio.Group>
      {draft.routing === 'offer' && (
        <RequiredNumber
          label="Seconds to accept"
          description="5 to 600; then it passes on to the next one."
          min={5}
          max={600}
          value={draft.offerSeconds}
          onChange={(offerSeconds) => set({ offerSeconds })}
        />
      )}
      <RequiredNumber
        label="Priority"
        description="-100 to 100. Higher goes first when agents have several skills; counts for what comes in from then on."
        min={-100}
        max={100}
        value={draft.priority}
        onChange={(priority) => set({ priority })}
      />
    </Section>
  )
}
