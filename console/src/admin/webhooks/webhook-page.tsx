import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { PageSkeleton } from '../../ui/page-skeleton.tsx'
import { exactTime, Time } from '../../ui/time.tsx'
import { BackLink } from '../back-link.tsx'
import { useConfig } from '../use-config.ts'
import { Deliveries } from './deliveries.tsx'
import { WebhookActions } from './webhook-actions.tsx'
import { troubleOf, WebhookState } from './webhook-words.tsx'
import names from './webhooks.module.css'

/** One endpoint: what it is told, how it does, and what became of every event. */
export function WebhookPage() {
  const { endpointId } = useParams({ strict: false }) as { endpointId: string }
  const query = useConfig('webhooks')
  if (query.error !== null && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (!query.data) return <PageSkeleton />
  const webhook = query.data.webhooks.find((one) => one.endpointId === endpointId)
  if (webhook === undefined) {
    return (
      <PageBody>
        <BackLink to="/webhooks">Webhooks</BackLink>
        <EmptyState title="There is no such endpoint">Its address may be mistyped, or it was removed.</EmptyState>
      </PageBody>
    )
  }
  const trouble = troubleOf(webhook)
  return (
    <PageBody>
      <PageHeader
        back={<BackLink to="/webhooks">Webhooks</BackLink>}
        title={webhook.title}
        purpose={webhook.url}
        action={<WebhookActions webhook={webhook} eventTypes={query.data.eventTypes} />}
      />
      {trouble !== null && (
        <Alert color="red" variant="light" mb="lg" icon={<IconAlertTriangle size={18} stroke={1.6} />}>
          {trouble}
        </Alert>
      )}
      <dl className={names.facts}>
        <dt>State</dt>
        <dd>
          <WebhookState webhook={webhook} />
        </dd>
        <dt>Hears</dt>
        <dd>{webhook.events === null ? 'every event' : webhook.events.join(', ')}</dd>
        <dt>Consumer</dt>
        <dd>{webhook.tellsAddress ? 'number or id is told' : 'not told'}</dd>
        {webhook.failingSince !== null && (
          <>
            <dt>Fails since</dt>
            <dd>
              <Time at={webhook.failingSince} />
            </dd>
          </>
        )}
        {webhook.previousUntil !== null && (
          <>
            <dt>Old secret</dt>
            <dd>signs as well until {exactTime(webhook.previousUntil)}</dd>
          </>
        )}
      </dl>
      <h2 className={names.part}>Deliveries of the last 30 days</h2>
      <Deliveries endpointId={endpointId} replayable={webhook.state !== 'disabled'} />
    </PageBody>
  )
}
