import { useParams } from '@tanstack/react-router'
import { useMay } from '../../session.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageSkeleton } from '../../ui/page-skeleton.tsx'
import { BackLink } from '../back-link.tsx'
import { isUnread, useConfig } from '../use-config.ts'
import { SkillEditor } from './skill-editor.tsx'

/** One skill, or a new one: `/skills/new`. */
export function SkillPage() {
  const { skillId } = useParams({ strict: false }) as { skillId: string }
  const may = useMay()
  const skills = useConfig('skills')
  const settings = useConfig('settings', { enabled: may('settings.read') })
  const failed = [skills, settings].find(isUnread)
  if (failed !== undefined) return <ErrorState error={failed.error} retry={() => void failed.refetch()} />
  if (!skills.data || settings.isLoading) return <PageSkeleton />
  const skill = skills.data.skills.find((one) => one.skillId === skillId) ?? null
  if (skill === null && (skillId !== 'new' || !may('skills.change'))) {
    return (
      <PageBody>
        <BackLink to="/skills">Skills and routing</BackLink>
        <EmptyState title="There is no such skill">Its address may be mistyped.</EmptyState>
      </PageBody>
    )
  }
  return <SkillEditor key={skillId} skill={skill} settings={settings.data ?? null} />
}
