import { Button } from '@mantine/core'
import { IconChartBar, IconTable } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import { ErrorState } from '../ui/error-state.tsx'
import { useReportPage } from './report-context.ts'
import names from './reports.module.css'
import { listOf, listText } from './view.ts'

/**
 * A part of the page under its heading. With `chart` it can be shown as a table instead, for the keyboard, for screen
 * readers, and for whoever wants the numbers; the address remembers.
 */
export function Part({
  title,
  about,
  chart,
  actions,
  children,
}: {
  title: string
  about?: ReactNode
  chart?: string
  actions?: ReactNode
  children: ReactNode
}) {
  const id = useId()
  return (
    <section className={names.part} aria-labelledby={id}>
      <div className={names.partHead}>
        <div>
          <h2 id={id}>{title}</h2>
          {about !== undefined && <p>{about}</p>}
        </div>
        <div className={names.partActions}>
          {actions}
          {chart !== undefined && <TableSwitch chart={chart} of={title} />}
        </div>
      </div>
      {children}
    </section>
  )
}

function TableSwitch({ chart, of }: { chart: string; of: string }) {
  const [shown, setShown] = useAsTable(chart)
  const Icon = shown ? IconChartBar : IconTable
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      leftSection={<Icon size={16} stroke={1.6} />}
      onClick={() => setShown(!shown)}
    >
      {shown ? 'Show as chart' : 'Show as table'}
      <span className="visually-hidden"> for {of}</span>
    </Button>
  )
}

/** Whether a chart is shown as its table. */
export function useAsTable(chart: string): [boolean, (shown: boolean) => void] {
  const { address, go } = useReportPage()
  const all = listOf(address.tables)
  return [
    all.includes(chart),
    (shown) => go({ tables: listText(shown ? [...all, chart] : all.filter((one) => one !== chart)) }),
  ]
}

/** An answer in all its states: on its way (`skeleton`), refused, old because the server is away, and as it should be. */
export function Answered<Data>({
  query,
  skeleton,
  children,
}: {
  query: {
    readonly data: Data | undefined
    readonly error: unknown
    readonly isPlaceholderData: boolean
    readonly fetchStatus: string
    refetch(): unknown
  }
  skeleton: ReactNode
  children(data: Data): ReactNode
}) {
  const { data, error, isPlaceholderData, fetchStatus } = query
  if (data === undefined) {
    if (fetchStatus === 'paused')
      return <p className={names.quiet}>Waits for the connection, which is away just now.</p>
    if (error !== null) return <ErrorState error={error} retry={() => void query.refetch()} />
    return skeleton
  }
  return (
    <div className={names.answered} data-old={isPlaceholderData || undefined} aria-busy={isPlaceholderData}>
      {error !== null && (
        <p className={names.stale} role="status">
          These numbers are not new any more: the server did not answer the last time it was asked.
        </p>
      )}
      {children(data)}
    </div>
  )
}
