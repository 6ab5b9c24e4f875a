import { Button, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { type Answer, ApiFailure, api } from '../api.ts'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorState } from '../ui/error-state.tsx'
import { formatPhone } from '../ui/format-phone.ts'
import { PageBody } from '../ui/page-body.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Problem } from '../ui/problem.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import { useUrlFilters } from '../ui/use-url-filters.ts'
import { callColumns } from './call-columns.tsx'
import names from './transactions.module.css'

type Found = Answer<'POST /api/transactions/search'>['transactions'][number]

const days = { from: '', to: '' }
/** Who was looked for: kept while one goes to a call and back, and never in the address (promise P9). */
let sought = { phone: '', callId: '' }

const { at, phone, outcome, channel, skill } = callColumns
const columns: readonly Column<Found>[] = [
  at,
  phone,
  outcome,
  channel,
  { id: 'handoff', label: 'Handoff', cell: ({ handoff }) => handoff.title ?? handoff.handoffId, wideOnly: true },
  skill,
  {
    id: 'ivr',
    label: 'Called',
    cell: ({ ivrNumber }) => (ivrNumber === null ? '' : formatPhone(ivrNumber)),
    wideOnly: true,
  },
]

/** Calls, found by the consumer's number, the call's id or the day. */
export function TransactionsPage() {
  const navigate = useNavigate()
  const [span, setSpan] = useUrlFilters(days)
  const [given, setGiven] = useState(sought)
  const [asked, setAsked] = useState(sought)
  const search = useInfiniteQuery({
    queryKey: ['transactions', asked, span],
    queryFn: ({ pageParam, signal }) =>
      api('POST /api/transactions/search', {
        body: {
          ...(asked.phone === '' ? {} : { phone: asked.phone }),
          ...(asked.callId === '' ? {} : { callId: asked.callId }),
          ...(isDay(span.from) ? { from: dayStart(span.from, 0) } : {}),
          ...(isDay(span.to) ? { to: dayStart(span.to, 1) } : {}),
          cursor: pageParam,
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    sought = { phone: given.phone.trim(), callId: given.callId.trim() }
    if (sought.phone === asked.phone && sought.callId === asked.callId) void search.refetch()
    setAsked(sought)
  }
  const clear = () => {
    sought = { phone: '', callId: '' }
    setGiven(sought)
    setAsked(sought)
    setSpan(days)
  }
  const found = search.data?.pages.flatMap((page) => page.transactions) ?? []
  const narrowed = asked.phone !== '' || asked.callId !== '' || span.from !== '' || span.to !== ''

  return (
    <PageBody wide>
      <PageHeader title="Transactions" purpose="Every call that asked for messaging, and what became of it." />
      <search>
        <form className={names.searches} onSubmit={submit}>
          <TextInput
            label="Consumer’s number"
            placeholder="+1 206 555 0100"
            type="tel"
            autoComplete="off"
            value={given.phone}
            onChange={({ currentTarget: { value } }) => setGiven((before) => ({ ...before, phone: value }))}
          />
          <TextInput
            label="Call id"
            placeholder="from the IVR’s log"
            autoComplete="off"
            spellCheck={false}
            value={given.callId}
            onChange={({ currentTarget: { value } }) => setGiven((before) => ({ ...before, callId: value }))}
          />
          <TextInput
            label="From"
            type="date"
            value={span.from}
            onChange={({ currentTarget: { value } }) => setSpan({ from: value })}
          />
          <TextInput
            label="To"
            type="date"
            value={span.to}
            onChange={({ currentTarget: { value } }) => setSpan({ to: value })}
          />
          <Button type="submit" leftSection={<IconSearch size={16} stroke={1.6} />} loading={search.isFetching}>
            Search
          </Button>
        </form>
      </search>
      {search.error !== null ? (
        search.error instanceof ApiFailure && search.error.status < 500 ? (
          <Problem error={search.error} />
        ) : (
          <ErrorState error={search.error} retry={() => void search.refetch()} />
        )
      ) : search.data === undefined ? (
        <RowsSkeleton />
      ) : found.length === 0 ? (
        <EmptyState
          title={narrowed ? 'No call is like that' : 'No calls yet'}
          action={
            narrowed ? (
              <Button variant="default" onClick={clear}>
                Search for all
              </Button>
            ) : undefined
          }
        >
          {narrowed
            ? 'Without days, the last 30 are searched. A number is looked for as a whole.'
            : 'Each call for which an IVR asks appears here, with every step it goes.'}
        </EmptyState>
      ) : (
        <>
          <DataTable
            label="Calls"
            columns={columns}
            rows={found}
            keyOf={({ callId }) => callId}
            onOpen={({ callId }) => void navigate({ to: `/transactions/${callId}` })}
          />
          <div className={names.moreButton} aria-live="polite">
            {search.hasNextPage ? (
              <Button variant="default" loading={search.isFetchingNextPage} onClick={() => void search.fetchNextPage()}>
                Older calls
              </Button>
            ) : (
              <span className={names.more}>
                {found.length} {found.length === 1 ? 'call' : 'calls'}
              </span>
            )}
          </div>
        </>
      )}
    </PageBody>
  )
}

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text)

/** Midnight of the day, or of the one `after` it, where the viewer is. */
function dayStart(day: string, after: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  return new Date(year, month - 1, date + after).toISOString()
}
