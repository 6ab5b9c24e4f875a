import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { rememberNames } from './group-words.ts'
import { useReportPage } from './report-context.ts'
import type { Grouping, Report } from './shapes.ts'
import { comparedOf, type View, windowOf } from './view.ts'

const liveMs = 3_000
const movingMs = 60_000

/** How soon the view's numbers are asked for again; false: they stand still. */
export function paceOf({ span, moving }: View, held: boolean): number | false {
  if (held || !moving) return false
  return span === 'live' ? liveMs : movingMs
}

/**
 * The view's figures, told apart by `groupBy`. What was shown stays until the answer comes, so that nothing jumps.
 * @param options.window `compared`: the figures of the window that the view is compared with, on their own.
 */
export function useReport(
  groupBy: readonly Grouping[],
  { enabled = true, window = 'own' }: { enabled?: boolean; window?: 'own' | 'compared' } = {},
): UseQueryResult<Report> {
  const { view, held } = useReportPage()
  const key = groupBy.join()
  return useQuery({
    queryKey: ['reports', 'query', key, window, view],
    queryFn: async ({ signal }) => {
      const now = Date.now()
      const other = comparedOf(view, now)
      const body =
        window === 'own' ? { ...windowOf(view, now), ...other } : { ...windowOf(view, now), ...other.compareWith }
      const report = await api('POST /api/reports/query', { body: { ...body, groupBy: [...groupBy] }, signal })
      rememberNames(report)
      return report
    },
    placeholderData: (previous, query) =>
      query?.queryKey[2] === key && query.queryKey[3] === window ? keepPreviousData(previous) : undefined,
    refetchInterval: paceOf(view, held),
    enabled,
  })
}
