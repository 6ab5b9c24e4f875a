import { useMutation, useQuery } from '@tanstack/react-query'
import { type Answer, api } from '../api.ts'
import { queryClient } from '../query-client.ts'
import { useSession } from '../session.ts'

export type Export = Answer<'GET /api/exports'>['exports'][number]
export type Schedule = Answer<'GET /api/export-schedules'>['schedules'][number]
export type ExportKind = Export['kind']
export type ExportFormat = Export['format']

const exportsKey = (accountId: string) => ['exports', accountId] as const
const schedulesKey = (accountId: string) => ['export-schedules', accountId] as const

export const isUnderWay = ({ state }: Pick<Export, 'state'>) => state === 'waiting' || state === 'running'

const watchedMs = 1_500
const restedMs = 30_000

/** The newest exports; asked again and again, often while one is under way. */
export function useExports() {
  const { accountId } = useSession()
  return useQuery({
    queryKey: exportsKey(accountId),
    queryFn: ({ signal }) => api('GET /api/exports', { signal }),
    refetchInterval: ({ state }) => (state.data?.exports.some(isUnderWay) === true ? watchedMs : restedMs),
  })
}

export function useSchedules() {
  const { accountId } = useSession()
  return useQuery({
    queryKey: schedulesKey(accountId),
    queryFn: ({ signal }) => api('GET /api/export-schedules', { signal }),
    refetchInterval: ({ state }) =>
      state.data?.schedules.some(({ last }) => last !== null && isUnderWay(last)) === true ? watchedMs : restedMs,
  })
}

/** A deed that changes exports or schedules: both lists are read anew before it counts as done. */
export function useExportDeed<Input, Done>(deed: (input: Input) => Promise<Done>) {
  const { accountId } = useSession()
  return useMutation({
    mutationFn: deed,
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: exportsKey(accountId) }),
        queryClient.invalidateQueries({ queryKey: schedulesKey(accountId) }),
      ]),
  })
}
