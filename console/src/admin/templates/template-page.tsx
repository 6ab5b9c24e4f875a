import { useParams } from '@tanstack/react-router'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageSkeleton } from '../../ui/page-skeleton.tsx'
import { BackLink } from '../back-link.tsx'
import { isUnread, useConfig } from '../use-config.ts'
import { TemplateEditor } from './template-editor.tsx'

/** One template, or a new one: `/templates/new`. */
export function TemplatePage() {
  const { templateId } = useParams({ strict: false }) as { templateId: string }
  const templates = useConfig('templates')
  const senders = useConfig('senders')
  const failed = [templates, senders].find(isUnread)
  if (failed !== undefined) return <ErrorState error={failed.error} retry={() => void failed.refetch()} />
  if (!templates.data || !senders.data) return <PageSkeleton />
  const template = templates.data.templates.find((one) => one.templateId === templateId) ?? null
  if (template === null && templateId !== 'new') {
    return (
      <PageBody>
        <BackLink to="/templates">WhatsApp templates</BackLink>
        <EmptyState title="There is no such template">It may have been deleted.</EmptyState>
      </PageBody>
    )
  }
  const usable = senders.data.senders.filter(({ channel }) => channel === 'wa')
  return <TemplateEditor key={templateId} template={template} senders={usable} />
}
