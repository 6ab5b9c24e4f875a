import { Radio, Stack, Switch } from '@mantine/core'
import { RequiredNumber } from '../../ui/required-number.tsx'
import type { SentenceParts } from './sentence.tsx'

/** What seldom has to be touched: open conversations, replies after closing, late invites. */
export function LimitsFields({ draft, set }: Pick<SentenceParts, 'draft' | 'set'>) {
  return (
    <>
      <Radio.Group
        label="A caller who is in a conversation already"
        value={draft.openConversation}
        onChange={(value) => set({ openConversation: value as 'refuse' | 'continue' })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="refuse" label="is not offered messaging" />
          <Radio value="continue" label="is offered it, and the invite joins that conversation" />
        </Stack>
      </Radio.Group>
      <Switch
        label="Route all replies within the lookback"
        description="A reply after the conversation was closed still goes to the skill of the invite."
        checked={draft.routeAllWithinLookback}
        onChange={(event) => set({ routeAllWithinLookback: event.currentTarget.checked })}
      />
      <RequiredNumber
        label="Give an invite up after"
        description="Seconds, 30 to 86,400. A text that comes long after the call confuses."
        min={30}
        max={86_400}
        thousandSeparator=","
        value={draft.inviteTtlSeconds}
        onChange={(inviteTtlSeconds) => set({ inviteTtlSeconds })}
      />
    </>
  )
}
