import { Button, Select } from '@mantine/core'
import { IconDownload, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useMay, useSession } from '../../session.ts'
import { DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ListToolbar } from '../../ui/list-toolbar.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowsSkeleton } from '../../ui/rows-skeleton.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import { allChannels, channelLabels } from '../channel-words.tsx'
import { MoreButton } from '../more-button.tsx'
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
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} stroke={1.6} />} onClick={() => setAdding(true)}>
      Add opt-out
    </Button>
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
        <Select
          aria-label="Channel"
          w={170}
          data={[
            { value: '', label: 'Any channel' },
            ...allChannels.map((value) => ({ value, label: channelLabels[value] })),
            { value: '*', label: 'All channels' },
          ]}
          value={filters.channel}
          onChange={(channel) => setFilters({ channel: channel ?? '' })}
          allowDeselect={false}
        />
        <Select
          aria-label="State"
          w={140}
          data={[
            { value: 'binding', label: 'In force' },
            { value: 'lifted', label: 'Lifted' },
            { value: 'all', label: 'All' },
          ]}
          value={filters.state}
          onChange={(state) => setFilters({ state: state ?? 'binding' })}
          allowDeselect={false}
        />
      </ListToolbar>
      {query.error !== null && rows.length === 0 && (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      )}
      {query.isPending && <RowsSkeleton />}
      {query.isSuccess && rows.length === 0 && (
        <EmptyState title={plain ? 'Nobody has said stop' : 'No opt-out is like that'} action={plain ? add : undefined}>
          {plain
            ? 'A STOP by message is recorded here by itself. Add those that came by phone or by letter.'
            : 'Search for another part of the number, or widen the filters.'}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <DataTable
          label="Opt-outs"
          columns={optOutColumns(mayChange ? setLifting : null)}
          rows={rows}
          keyOf={({ optOutId }) => optOutId}
          sort={filters.sort ?? ''}
          onSort={(sort) => setFilters({ sort })}
        />
      )}
      <MoreButton
        shown={query.hasNextPage}
        loading={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
      {adding && <AddOptOut onClose={() => setAdding(false)} />}
      {lifting !== null && <LiftOptOut optOut={lifting} onClose={() => setLifting(null)} />}
    </PageBody>
  )
}
