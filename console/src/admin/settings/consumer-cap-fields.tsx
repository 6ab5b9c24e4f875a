import { Switch } from '@mantine/core'
import { RequiredNumber } from '../../ui/required-number.tsx'
import names from './settings.module.css'
import type { SettingsDraft } from './settings-page.tsx'

/** How many invites one consumer may get. */
export function ConsumerCapFields({
  cap,
  onChange,
}: {
  cap: SettingsDraft['consumerCap']
  onChange(cap: SettingsDraft['consumerCap']): void
}) {
  return (
    <div>
      <Switch
        label="Cap of invites"
        description="For each consumer. A caller’s number can be forged: without a cap, a stranger could flood a phone."
        checked={cap !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? { invites: 3, hours: 24 } : null)}
      />
      {cap !== null && (
        <div className={names.together}>
          <RequiredNumber
            label="Invites"
            min={1}
            max={1_000}
            w={120}
            value={cap.invites}
            onChange={(invites) => onChange({ ...cap, invites })}
          />
          <RequiredNumber
            label="Within hours"
            min={1}
            max={720}
            w={120}
            value={cap.hours}
            onChange={(hours) => onChange({ ...cap, hours })}
          />
        </div>
      )}
    </div>
  )
}
