import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { api } from '../../api.ts'
import { useMay } from '../../session.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ListToolbar } from '../../ui/list-toolbar.tsx'
import { exactTime, Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import { FilterSelect } from '../filter-select.tsx'
import { ListInParts } from '../list-in-parts.tsx'
import { StateBadge } from '../state-badge.tsx'
import { type Delivery, useDeliveries, useDeliveryDeed } from './use-deliveries.ts'
import names from './webhooks.module.css'

const defaults = { state: '' }

/** What an endpoint was told and what became of it; each opens to its attempts. */
export function Deliveries({ endpointId, replayable }: { endpointId: string; replayable: boolean }) {
  const mayChange = useMay()('webhooks.change')
  const [{ state }, setFilters] = useUrlFilters(defaults)
  const query = useDeliveries(endpointId, state)
  const rows = query.data?.pages.flatMap(({ deliveries }) => deliveries) ?? []
  return (
    <>
      <ListToolbar
        {...(query.data === undefined ? {} : { count: `${rows.length}${query.hasNextPage ? '+' : ''} shown` })}
      >
        <FilterSelect
          label="State"
          width={160}
          choices={[
            { value: '', label: 'Any state' },
            { value: 'waiting', label: 'Waiting' },
            { value: 'delivered', label: 'Delivered' },
            { value: 'failed', label: 'Given up' },
          ]}
          value={state}
          onChange={(next) => setFilters({ state: next })}
        />
      </ListToolbar>
      <ListInParts
        query={query}
        length={rows.length}
        empty={
          <EmptyState title={state === '' ? 'Nothing was told yet' : 'No delivery is like that'}>
            {state === ''
              ? 'The next call, invite or conversation is told here. “Send test” tries it out now.'
              : 'Choose another state.'}
          </EmptyState>
        }
      >
        <ol className={names.deliveries} aria-label="Deliveries, the newest first">
          {rows.map((delivery) => (
            <OneDelivery
              key={delivery.number}
              endpointId={endpointId}
              delivery={delivery}
              replayable={mayChange && replayable && !delivery.isTest}
            />
          ))}
        </ol>
      </ListInParts>
    </>
  )
}

function OneDelivery({
  endpointId,
  delivery,
  replayable,
}: {
  endpointId: string
  delivery: Delivery
  replayable: boolean
}) {
  const replay = useDeliveryDeed(endpointId, (params, deliveryNumber: string) =>
    api('POST /api/admin/accounts/{accountId}/webhooks/{endpointId}/deliveries/{deliveryNumber}/replay', {
      params: { ...params, deliveryNumber },
    }),
  )
  const { number, type, eventAt, attempts, webhookId, callId, nextTryAt } = delivery
  return (
    <li>
      <details>
        <summary>
          <span className={names.type}>{type}</span>
          <span className={names.when}>
            <Time at={eventAt} />
          </span>
          <DeliveryState delivery={delivery} />
        </summary>
        <div className={names.detail}>
          <dl>
            <dt>Sequence</dt>
            <dd>{number}</dd>
            <dt>webhook-id</dt>
            <dd>{webhookId}</dd>
            {callId !== null && (
              <>
                <dt>Call</dt>
                <dd>
                  <CallName callId={callId} />
                </dd>
              </>
            )}
            {nextTryAt !== null && attempts.length > 0 && (
              <>
                <dt>Next try</dt>
                <dd>{exactTime(nextTryAt)}</dd>
              </>
            )}
          </dl>
          {attempts.length === 0 ? (
            <p>It was not tried yet.</p>
          ) : (
            <ol className={names.attempts} aria-label="Attempts">
              {attempts.map(({ at, status, ms, sentence, answer }) => (
                <li key={at}>
                  <span>
                    <Time at={at} />: {sentence ?? 'Delivered.'}
                    {status !== null && ` Status ${status},`} {ms} ms.
                  </span>
                  {answer !== null && answer !== '' && <pre>{answer}</pre>}
                </li>
              ))}
            </ol>
          )}
          {replayable && (
            <Button
              variant="default"
              size="xs"
              loading={replay.isPending}
              onClick={() =>
                replay.mutate(number, {
                  onSuccess: () => toast({ text: 'It is delivered again.' }),
                  onError: (error) => toast({ text: error.message, kind: 'error' }),
                })
              }
            >
              Deliver this again
            </Button>
          )}
        </div>
      </details>
    </li>
  )
}

/** The way to the call's journey, for those who may see it. */
function CallName({ callId }: { callId: string }) {
  if (!useMay()('transactions.read')) return callId
  return (
    <Link to="/transactions/$callId" params={{ callId } as never}>
      {callId}
    </Link>
  )
}

function DeliveryState({ delivery: { state, underWay, attempts } }: { delivery: Delivery }) {
  if (state === 'delivered') return <StateBadge kind="good">Delivered</StateBadge>
  if (state === 'failed') return <StateBadge kind="bad">Given up</StateBadge>
  if (underWay) return <StateBadge kind="waiting">Under way</StateBadge>
  return attempts.length > 0 ? (
    <StateBadge kind="bad">Tried again later</StateBadge>
  ) : (
    <StateBadge kind="waiting">Waiting</StateBadge>
  )
}
