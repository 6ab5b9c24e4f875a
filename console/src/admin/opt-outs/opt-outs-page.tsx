import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useMay, useSession } from '../../session.ts'
import { DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ListToolbar } from '../../ui/list-toolbar.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import { channelChoices } from '../channel-words.tsx'
import { FilterSelect } from '../filter-select.tsx'
import { ListInParts } from '../list-in-parts.tsx'
import { NewButton } from '../new-button.tsx'
import { AddOptOut } from './add-opt-out.tsx'
import { LiftOptOut } from './lift-opt-out.tsx'
import { optOutColumns } from './opt-out-columns.tsx'
import { type OptOut, type OptOutFilters, useOptOuts } from './use-opt-outs.ts'

const defaults: OptOutFilters & Record<string, string> = { channel: '', state: 'binding', sort: '' }

/** Whoever has said stop. A consumer's number is never in the address, so what is searched for is kept by the page alone. */
export function OptOutsPage() {
  const mayChange = useMay()('opt-outs.change')
  const { accountId } = useSession()
  const [filters, setFilters] = useUrlFilters(defaults)
  const [search, setSearch] = useState('')
  const [adding, setAdding] = useState(false)
  const [lifting, setLifting] = useState<OptOut | null>(null)
  const query = useOptOuts(search, filters)
  const rows = query.data?.pages.flatMap(({ optOuts }) => optOuts) ?? []
  const plain = search.trim() === '' && filters.channel === '' && filters.state === 'binding'
  const add = (
    <NewButton act="opt-outs.change" onClick={() => setAdding(true)}>
      Add opt-out
    </NewButton>
  )
  return (
    <PageBody>
      <PageHeader
        title="Opt-outs"
        purpose="Consumers who said stop. Nothing is sent to them, whatever a handoff says."
        action={
          <>
            <Button
              component="a"
              href={`/api/admin/accounts/${accountId}/opt-outs.csv`}
              download
              variant="default"
              leftSection={<IconDownload size={16} stroke={1.6} />}
            >
              Export CSV
            </Button>
            {add}
          </>
        }
      />
      <ListToolbar
        search={search}
        onSearch={setSearch}
        placeholder="Search a number"
        {...(query.data === undefined ? {} : { count: `${rows.length}${query.hasNextPage ? '+' : ''} shown` })}
      >
        <FilterSelect
          label="Channel"
          width={170}
          choices={[{ value: '', label: 'Any channel' }, ...channelChoices, { value: '*', label: 'All channels' }]}
          value={filters.channel}
          onChange={(channel) => setFilters({ channel })}
        />
        <FilterSelect
          label="State"
          width={140}
          choices={[
            { value: 'binding', label: 'In force' },
            { value: 'lifted', label: 'Lifted' },
            { value: 'all', label: 'All' },
          ]}
          value={filters.state}
          onChange={(state) => setFilters({ state })}
        />
      </ListToolbar>
      <ListInParts
        query={query}
        length={rows.length}
        empty={
          <EmptyState
            title={plain ? 'Nobody has said stop' : 'No opt-out is like that'}
            action={plain ? add : undefined}
          >
            {plain
              ? 'A STOP by message is recorded here by itself. Add those that came by phone or by letter.'
              : 'Search for another part of the number, or widen the filters.'}
          </EmptyState>
        }
      >
        <DataTable
          label="Opt-outs"
          columns={optOutColumns(mayChange ? setLifting : null)}
          rows={rows}
          keyOf={({ optOutId }) => optOutId}
          sort={filters.sort ?? ''}
          onSort={(sort) => setFilters({ sort })}
        />
      </ListInParts>
      {adding && <AddOptOut onClose={() => setAdding(false)} />}
      {lifting !== null && <LiftOptOut optOut={lifting} onClose={() => setLifting(null)} />}
    </PageBody>
  )
}
