import { useParams } from '@tanstack/react-router'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageSkeleton } from '../../ui/page-skeleton.tsx'
import { BackLink } from '../back-link.tsx'
import { isUnread, useConfig } from '../use-config.ts'
import { EditSender } from './edit-sender.tsx'
import { NewSender } from './new-sender.tsx'

/** One sender, or a new one: `/senders/new`. */
export function SenderPage() {
  const { senderId } = useParams({ strict: false }) as { senderId: string }
  const senders = useConfig('senders')
  const connectors = useConfig('connectors')
  const failed = [senders, connectors].find(isUnread)
  if (failed !== undefined) return <ErrorState error={failed.error} retry={() => void failed.refetch()} />
  if (!senders.data || !connectors.data) return <PageSkeleton />
  if (senderId === 'new') {
    return (
      <PageBody>
        <NewSender connectors={connectors.data.connectors} />
      </PageBody>
    )
  }
  const sender = senders.data.senders.find((one) => one.senderId === senderId)
  if (sender === undefined) {
    return (
      <PageBody>
        <BackLink to="/senders">Senders</BackLink>
        <EmptyState title="There is no such sender">Its address may be mistyped.</EmptyState>
      </PageBody>
    )
  }
  const connector = connectors.data.connectors.find(({ name }) => name === sender.connector) ?? null
  return <EditSender key={senderId} sender={sender} connector={connector} />
}
