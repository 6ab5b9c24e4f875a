import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type Answer, api } from '../../api.ts'
import { useSession } from '../../session.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { RowsSkeleton } from '../../ui/rows-skeleton.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { actorWords } from '../actor-words.ts'
import names from '../admin.module.css'
import { isUnread, useChange } from '../use-config.ts'
import { differences } from './differences.ts'
import own from './handoffs.module.css'

type Version = Answer<'GET /api/admin/accounts/{accountId}/handoffs/{handoffId}/versions'>['versions'][number]

/** Who changed the handoff, what, and the way back. Restoring is a new version: nothing is lost by it. */
export function Versions({ handoffId, mayRestore, dirty }: { handoffId: string; mayRestore: boolean; dirty: boolean }) {
  const { accountId } = useSession()
  const query = useQuery({
    queryKey: ['config', accountId, 'versions', handoffId],
    queryFn: ({ signal }) =>
      api('GET /api/admin/accounts/{accountId}/handoffs/{handoffId}/versions', {
        params: { accountId, handoffId },
        signal,
      }),
  })
  const restore = useChange(
    (account, version: number) =>
      api('POST /api/admin/accounts/{accountId}/handoffs/{handoffId}/restore', {
        params: { accountId: account, handoffId },
        body: { version },
      }),
    ['handoffs'],
  )
  if (isUnread(query)) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (query.data === undefined) return <RowsSkeleton rows={3} height={56} />
  const { versions } = query.data
  if (versions.length === 0) {
    return <EmptyState title="No changes yet">Every change that is saved stands here, with who made it.</EmptyState>
  }
  const bring = (version: number) =>
    restore.mutate(version, {
      onSuccess: () => {
        const before = versions[0]!.version
        toast({
          text: `Version ${version} is back.`,
          action: { label: 'Undo', run: () => restore.mutate(before, { onError: refused }) },
        })
      },
      onError: refused,
    })
  return (
    <ol className={own.versions} aria-label="Versions, the newest first">
      {versions.map((one, index) => (
        <li key={one.version}>
          <div>
            <strong>Version {one.version}</strong>
            {index === 0 && ' · now'}
            <div className={names.under}>
              <Time at={one.at} /> by {one.actorName ?? actorWords(one.actor)}
            </div>
            <Changes of={one} since={versions[index + 1]} />
          </div>
          {mayRestore && index > 0 && (
            <Button
              size="compact-sm"
              variant="default"
              disabled={dirty}
              loading={restore.isPending && restore.variables === one.version}
              onClick={() => bring(one.version)}
              aria-label={`Restore version ${one.version}`}
            >
              Restore
            </Button>
          )}
        </li>
      ))}
    </ol>
  )
}

const refused = (error: Error) => toast({ text: error.message, kind: 'error' })

function Changes({ of, since }: { of: Version; since: Version | undefined }) {
  const said = since === undefined ? [] : differences(since.handoff, of.handoff)
  if (said.length === 0) return since === undefined ? <div>As it was made.</div> : null
  return (
    <ul>
      {said.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  )
}
