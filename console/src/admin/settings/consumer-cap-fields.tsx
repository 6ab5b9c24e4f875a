import { NumberInput, Switch } from '@mantine/core'
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
          <NumberInput
            label="Invites"
            min={1}
            max={1_000}
            w={120}
            allowDecimal={false}
            value={cap.invites}
            onChange={(invites) => onChange({ ...cap, invites: Number(invites) })}
          />
          <NumberInput
            label="Within hours"
            min={1}
            max={720}
            w={120}
            allowDecimal={false}
            value={cap.hours}
            onChange={(hours) => onChange({ ...cap, hours: Number(hours) })}
          />
        </div>
      )}
    </div>
  )
}
