import { NumberInput, Radio, Select, Stack, Switch } from '@mantine/core'
import { RequiredNumber } from '../../ui/required-number.tsx'
import { Section } from '../section.tsx'
import { ChannelSwitches } from './channel-switches.tsx'
import { ConsumerCapFields } from './consumer-cap-fields.tsx'
import { QuietHoursFields } from './quiet-hours-fields.tsx'
import type { SettingsDraft } from './settings-page.tsx'

/** The brand's settings, by what they are about. */
export function SettingsFields({
  draft,
  set,
  skills,
}: {
  draft: SettingsDraft
  set(change: Partial<SettingsDraft>): void
  skills: readonly string[]
}) {
  return (
    <>
      <Section title="Channels" about="Switched on, and in the order in which new handoffs offer them.">
        <ChannelSwitches channels={draft.channels} onChange={(channels) => set({ channels })} />
        <Switch
          label="Device check"
          description="Asks a provider whether a number is a landline before SMS is offered. Costs a little for each call."
          checked={draft.deviceCheck}
          onChange={(event) => set({ deviceCheck: event.currentTarget.checked })}
        />
      </Section>
      <Section title="Routing">
        <Select
          label="Default skill"
          description="Gets replies that belong to no invite. None: they are kept, and no conversation is made."
          data={[{ value: '', label: 'None' }, ...skills]}
          value={draft.defaultSkill ?? ''}
          onChange={(skill) => set({ defaultSkill: skill || null })}
          allowDeselect={false}
        />
        <RequiredNumber
          label="Conversations at once"
          description="Of agents who have no number of their own."
          min={0}
          max={1_000}
          value={draft.agentCapacity}
          onChange={(agentCapacity) => set({ agentCapacity })}
        />
        <NumberInput
          label="Close after silence"
          description="Minutes without an answer of the consumer. Empty: never by itself."
          min={1}
          max={43_200}
          allowDecimal={false}
          value={draft.closeAfterMinutes ?? ''}
          onChange={(value) => set({ closeAfterMinutes: value === '' ? null : Number(value) })}
        />
      </Section>
      <Section title="Protecting consumers" about="What keeps invites welcome, and lawful.">
        <QuietHoursFields quietHours={draft.quietHours} onChange={(quietHours) => set({ quietHours })} />
        <ConsumerCapFields cap={draft.consumerCap} onChange={(consumerCap) => set({ consumerCap })} />
        <Radio.Group
          label="A STOP binds"
          value={draft.optOutScope}
          onChange={(scope) => set({ optOutScope: scope as 'channel' | 'all' })}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="all" label="every channel" description="The stricter, and what most consumers mean." />
            <Radio value="channel" label="only the channel on which it came" />
          </Stack>
        </Radio.Group>
      </Section>
      <Section title="Limits">
        <RequiredNumber
          label="Requests a second"
          description="Eligibility and invite together; what is above is refused."
          min={1}
          max={10_000}
          value={draft.rateLimit}
          onChange={(rateLimit) => set({ rateLimit })}
        />
      </Section>
    </>
  )
}
