import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Answer, api } from '../api.ts'
import { useMay, useSession } from '../session.ts'
import names from './shell.module.css'

type Sentence = Answer<'GET /api/admin/accounts/{accountId}/health'>['sentences'][number]

/** What keeps the brand from sending, in one line on top of every page, with the way to where it is mended. */
export function HealthStrip() {
  const { accountId } = useSession()
  const may = useMay()
  const { data } = useQuery({
    queryKey: ['config', accountId, 'health'],
    queryFn: ({ signal }) => api('GET /api/admin/accounts/{accountId}/health', { params: { accountId }, signal }),
    enabled: may('account-health.read'),
    refetchInterval: 60_000,
  })
  const first = data?.sentences[0]
  if (first === undefined) return null
  const more = (data?.sentences.length ?? 1) - 1
  const Icon = first.level === 'error' ? IconAlertTriangle : IconInfoCircle
  const place = placeOf(first)
  return (
    <aside className={names.health} data-level={first.level} aria-label="Health" aria-live="polite">
      <Icon size={16} stroke={1.8} aria-label={first.level === 'error' ? 'Problem' : 'Notice'} role="img" />
      <span>
        {first.sentence}
        {more > 0 && ` And ${more} more.`}
      </span>
      {may(place.act) && <Link to={place.to}>See</Link>}
    </aside>
  )
}

/** Where a sentence is mended, and the act without which one cannot go there. */
function placeOf({ about, id }: Sentence): { to: string; act: string } {
  const one = (list: string) => (id === null ? list : `${list}/${id}`)
  switch (about) {
    case 'sender':
      return { to: one('/senders'), act: 'senders.read' }
    case 'template':
      return { to: one('/templates'), act: 'templates.read' }
    case 'handoff':
      return { to: one('/handoffs'), act: 'handoffs.read' }
    case 'skill':
      return { to: one('/skills'), act: 'skills.read' }
    case 'settings':
      return { to: '/settings', act: 'settings.read' }
    case 'stop':
      return { to: '/live', act: 'live.read' }
    case 'webhook':
      return { to: one('/webhooks'), act: 'webhooks.read' }
    case 'export-schedule':
      return { to: '/exports', act: 'exports.read' }
    case 'account':
      return { to: '/api-access', act: 'api-keys.read' }
  }
}
