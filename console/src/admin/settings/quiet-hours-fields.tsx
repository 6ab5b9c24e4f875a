import { Autocomplete, Switch, TextInput } from '@mantine/core'
import names from './settings.module.css'
import type { SettingsDraft } from './settings-page.tsx'

const zones = Intl.supportedValuesOf('timeZone')

/** Hours in which nothing is offered. */
export function QuietHoursFields({
  quietHours,
  onChange,
}: {
  quietHours: SettingsDraft['quietHours']
  onChange(quietHours: SettingsDraft['quietHours']): void
}) {
  const usual = () => ({ from: '21:00', to: '08:00', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone })
  return (
    <div>
      <Switch
        label="Quiet hours"
        description="Nothing is offered then. They may go over midnight."
        checked={quietHours !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? usual() : null)}
      />
      {quietHours !== null && (
        <div className={names.together}>
          <TextInput
            type="time"
            label="From"
            value={quietHours.from}
            onChange={(event) => onChange({ ...quietHours, from: event.currentTarget.value })}
          />
          <TextInput
            type="time"
            label="To"
            value={quietHours.to}
            onChange={(event) => onChange({ ...quietHours, to: event.currentTarget.value })}
          />
          <Autocomplete
            label="Time zone"
            data={zones}
            limit={20}
            value={quietHours.timeZone}
            onChange={(timeZone) => onChange({ ...quietHours, timeZone })}
          />
        </div>
      )}
    </div>
  )
}
