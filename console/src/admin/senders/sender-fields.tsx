import { TextInput } from '@mantine/core'
import { Section } from '../section.tsx'
import type { Connector } from '../shapes.ts'
import { SettingField, settingsOf } from './setting-fields.tsx'

export interface SenderDraft {
  title: string
  address: string
  settings: Record<string, unknown>
}

const addressWords = {
  sms: ['Number', 'With the country code, like +18005550100; or a short code.'],
  wa: ['WhatsApp number', 'With the country code, like +18005550100.'],
  inapp: ['Name of the app', 'Every push service of the same app has the same name.'],
} as const

/** The form of a sender: who it is, then whatever its connector asks for. */
export function SenderFields({
  connector,
  draft,
  set,
  secrets,
}: {
  connector: Connector
  draft: SenderDraft
  set(change: Partial<SenderDraft>): void
  /** Names of the secrets that are stored. */
  secrets: readonly string[]
}) {
  const [addressLabel, addressAbout] = addressWords[connector.channel]
  const settings = settingsOf(connector)
  const field = (setting: (typeof settings)[number]) => (
    <SettingField
      key={setting.name}
      setting={setting}
      value={draft.settings[setting.name]}
      stored={secrets.includes(setting.name)}
      onChange={(value) => set({ settings: { ...draft.settings, [setting.name]: value } })}
    />
  )
  const more = settings.filter(({ required }) => !required)
  return (
    <>
      <Section title="Sender">
        <TextInput
          label="Title"
          description="For your colleagues."
          required
          maxLength={255}
          value={draft.title}
          onChange={(event) => set({ title: event.currentTarget.value })}
        />
        <TextInput
          label={addressLabel}
          description={addressAbout}
          required
          maxLength={255}
          value={draft.address}
          onChange={(event) => set({ address: event.currentTarget.value })}
        />
      </Section>
      <Section title="Provider" about="Secrets are stored encrypted and never shown again.">
        {settings.filter(({ required }) => required).map(field)}
      </Section>
      {more.length > 0 && (
        <Section title="More" about="Only for who needs it.">
          {more.map(field)}
        </Section>
      )}
    </>
  )
}
