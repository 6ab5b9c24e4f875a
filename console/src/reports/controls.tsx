import { Select, TextInput } from '@mantine/core'
import { useReportPage } from './report-context.ts'
import names from './reports.module.css'
import { type CompareName, comparedDaysOf, compareWords, dayWords, spanWords } from './spans.ts'

const options = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }))

let allZones: readonly string[] | undefined

/** The zones that the browser knows; the one that is chosen is among them, by whatever name the address has it. */
function zonesWith(chosen: string): string[] {
  allZones ??= ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
  return allZones.includes(chosen) ? [...allZones] : [chosen, ...allZones]
}

/** Which time is looked at, where days begin, and what it is compared with. */
export function Controls() {
  const { view, address, go } = useReportPage()
  const { days } = view
  const typed = (name: 'from' | 'to' | 'compareFrom', label: string, value: string) => (
    <TextInput
      label={label}
      type="date"
      value={value}
      onChange={({ currentTarget }) => go({ [name]: currentTarget.value })}
    />
  )
  return (
    <search className={names.controls}>
      <Select
        label="Time"
        data={options(spanWords)}
        value={view.span}
        allowDeselect={false}
        comboboxProps={{ width: 240, position: 'bottom-start' }}
        maxDropdownHeight={360}
        // Whoever turns to other days starts from those that are shown.
        onChange={(span) =>
          go({ span: span ?? '7d', ...(days === null ? {} : { from: days.first, to: days.last }), calls: '' })
        }
      />
      {view.span === 'days' && (
        <>
          {typed('from', 'From', address.from)}
          {typed('to', 'To', address.to)}
        </>
      )}
      <Select
        label="Compare with"
        data={options(compareWords).filter(({ value }) => days !== null || value === 'none' || value === 'before')}
        value={days === null && view.compare !== 'none' ? 'before' : view.compare}
        allowDeselect={false}
        comboboxProps={{ width: 240, position: 'bottom-start' }}
        onChange={(compare) =>
          go({
            compare: compare ?? 'none',
            ...(compare === 'days' && address.compareFrom === '' && days !== null
              ? { compareFrom: comparedDaysOf('before', '', days)!.first }
              : {}),
          })
        }
      />
      {view.compare === 'days' && days !== null && typed('compareFrom', 'Beginning on', address.compareFrom)}
      <Select
        label="Days begin in"
        data={zonesWith(view.zone)}
        value={view.zone}
        searchable
        limit={60}
        allowDeselect={false}
        nothingFoundMessage="No such time zone"
        onChange={(zone) => go({ zone: zone ?? view.zone, calls: '' })}
      />
    </search>
  )
}

/** The span and what it is compared with, as days that one can read. */
export function spanSentence(view: ReturnType<typeof useReportPage>['view']): string {
  const { days, compare, compareFrom, zone, moving } = view
  const place = zone.replaceAll('_', ' ')
  if (days === null) return `The last 60 minutes${compare === 'none' ? '' : ', against the 60 before'}.`
  const other = comparedDaysOf(compare as CompareName, compareFrom, days)
  const against = other === null ? '' : `, against ${dayWords(other)}${moving ? ' up to the same moment' : ''}`
  return `${dayWords(days)}${against}; ${place} time.`
}
