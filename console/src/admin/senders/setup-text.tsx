import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useSession } from '../../session.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { RowsSkeleton } from '../../ui/rows-skeleton.tsx'
import { Prose } from './prose.tsx'
import names from './senders.module.css'

/** How a sender of this connector is set up at its provider: the connector's own text, fetched when it is opened. */
export function SetupText({ connector }: { connector: string }) {
  const { accountId } = useSession()
  const [open, setOpen] = useState(false)
  const text = useQuery({
    queryKey: ['config', accountId, 'setup', connector],
    queryFn: ({ signal }) =>
      api('GET /api/admin/accounts/{accountId}/connector-setup', {
        params: { accountId },
        query: { connector },
        signal,
      }),
    enabled: open,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <details className={names.setup} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>How to set it up at the provider, step by step</summary>
      {text.error !== null && <ErrorState error={text.error} retry={() => void text.refetch()} />}
      {text.isLoading && <RowsSkeleton rows={5} height={28} />}
      {text.data !== undefined && <Prose text={text.data.text ?? 'Nothing has to be set up: it is made for trying.'} />}
    </details>
  )
}
