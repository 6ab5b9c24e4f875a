import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconFilter, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { FilterChoice } from './filter-choice.tsx'
import { breakdownWords, groupWords } from './group-words.ts'
import { useReportPage } from './report-context.ts'
import names from './reports.module.css'
import { useNames } from './use-names.ts'
import { useReport } from './use-report.ts'
import { type FilterName, filterNames, listText } from './view.ts'

const all = Object.keys(filterNames) as FilterName[]
const none = Object.fromEntries(all.map((name) => [name, '']))

/** What calls are narrowed to: one pill for each, which opens its choices. */
export function FilterBar() {
  const { view, go } = useReportPage()
  const [adding, setAdding] = useState<FilterName | null>(null)
  const given = all.filter((name) => view.filters[name] !== undefined || adding === name)
  const left = all.filter((name) => !given.includes(name))
  return (
    <div className={names.filters}>
      {given.map((name) => (
        <FilterPill key={name} name={name} startOpen={adding === name} onClose={() => setAdding(null)} />
      ))}
      {left.length > 0 && (
        <Menu position="bottom-start" returnFocus={false}>
          <Menu.Target>
            <Button variant="default" size="compact-sm" leftSection={<IconFilter size={14} stroke={1.6} />}>
              Add filter
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {left.map((name) => (
              <Menu.Item key={name} onClick={() => setAdding(name)}>
                {breakdownWords[filterNames[name]]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {Object.keys(view.filters).length > 1 && (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => go({ ...none, calls: '' })}>
          Clear all
        </Button>
      )}
    </div>
  )
}

function FilterPill({ name, startOpen, onClose }: { name: FilterName; startOpen: boolean; onClose(): void }) {
  const { view, go } = useReportPage()
  useNames()
  const by = filterNames[name]
  const values = view.filters[name] ?? []
  // Names of what the address holds by its id.
  useReport([by], { enabled: values.length > 0 })
  const label = breakdownWords[by]
  const words = values.map((id) => groupWords(by, id))
  const said = words.length > 2 ? `${words.length} chosen` : words.join(', ')
  return (
    <span className={names.pill}>
      <FilterChoice
        by={by}
        name={name}
        values={values}
        startOpen={startOpen}
        onChange={(next) => go({ [name]: listText(next), calls: '' })}
        onClose={onClose}
        words={said === '' ? `${label}: any` : `${label}: ${said}`}
      />
      {values.length > 0 && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={`Remove the filter ${label}`}
          onClick={() => go({ [name]: '', calls: '' })}
        >
          <IconX size={14} stroke={1.8} />
        </ActionIcon>
      )}
    </span>
  )
}
