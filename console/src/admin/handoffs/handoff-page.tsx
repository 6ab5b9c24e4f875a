import { useParams } from '@tanstack/react-router'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageSkeleton } from '../../ui/page-skeleton.tsx'
import { BackLink } from '../back-link.tsx'
import { isUnread, useConfig } from '../use-config.ts'
import { EditHandoff } from './edit-handoff.tsx'
import { NewHandoff } from './new-handoff.tsx'

/** One handoff, or a new one: `/handoffs/new`. */
export function HandoffPage() {
  const { handoffId } = useParams({ strict: false }) as { handoffId: string }
  const handoffs = useConfig('handoffs')
  const senders = useConfig('senders')
  const templates = useConfig('templates')
  const skills = useConfig('skills')
  const failed = [handoffs, senders, templates, skills].find(isUnread)
  if (failed !== undefined) return <ErrorState error={failed.error} retry={() => void failed.refetch()} />
  if (!handoffs.data || !senders.data || !templates.data || !skills.data) return <PageSkeleton />
  const known = {
    senders: senders.data.senders,
    templates: templates.data.templates,
    skills: skills.data.skills,
  }
  if (handoffId === 'new') return <NewHandoff known={known} />
  const handoff = handoffs.data.handoffs.find((one) => one.handoffId === handoffId)
  if (handoff === undefined) {
    return (
      <PageBody>
        <BackLink to="/handoffs">Handoffs</BackLink>
        <EmptyState title="There is no such handoff">
          Its id may be mistyped, or it belongs to another account.
        </EmptyState>
      </PageBody>
    )
  }
  return <EditHandoff key={handoffId} handoff={handoff} known={known} />
}
