import { Autocomplete, Switch } from '@mantine/core'
import { Section } from '../section.tsx'
import type { Hours } from '../shapes.ts'
import { HolidaysField } from './holidays-field.tsx'
import names from './skills.module.css'
import { SpansField } from './spans-field.tsx'

const days = [
  ['mon', 'Monday'],
  ['tue', 'Tuesday'],
  ['wed', 'Wednesday'],
  ['thu', 'Thursday'],
  ['fri', 'Friday'],
  ['sat', 'Saturday'],
  ['sun', 'Sunday'],
] as const

const zones = Intl.supportedValuesOf('timeZone')
const work = [{ from: '09:00', to: '17:00' }]

/** Weekdays from nine to five where the browser is: what most change least. */
const usual = (): Hours => ({
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  weekly: { mon: work, tue: work, wed: work, thu: work, fri: work },
  holidays: [],
})

/** When agents are there, by weekday and on holidays. */
export function HoursFields({ hours, onChange }: { hours: Hours | null; onChange(hours: Hours | null): void }) {
  return (
    <Section
      title="Hours and holidays"
      about="Outside of them a consumer hears the text for that once, and the conversation waits."
    >
      <Switch
        label="Has opening hours"
        description="Off: always open."
        checked={hours !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? usual() : null)}
      />
      {hours !== null && (
        <>
          <Autocomplete
            label="Time zone"
            data={zones}
            limit={20}
            value={hours.timeZone}
            onChange={(timeZone) => onChange({ ...hours, timeZone })}
          />
          <div>
            {days.map(([day, label]) => (
              <div key={day} className={names.day}>
                <span className={names.dayName}>{label}</span>
                <SpansField
                  label={label}
                  spans={hours.weekly[day] ?? []}
                  onChange={(spans) => onChange({ ...hours, weekly: { ...hours.weekly, [day]: spans } })}
                />
              </div>
            ))}
          </div>
          <HolidaysField holidays={hours.holidays} onChange={(holidays) => onChange({ ...hours, holidays })} />
        </>
      )}
    </Section>
  )
}
