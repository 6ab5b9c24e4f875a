import { StateBadge } from '../state-badge.tsx'
import type { Config } from '../use-config.ts'

export type Webhook = Config<'webhooks'>['webhooks'][number]
export type EventType = Config<'webhooks'>['eventTypes'][number]

/** Whether an endpoint is told things now, and whether they arrive. */
export function WebhookState({ webhook: { state, disabledFor, failingSince } }: { webhook: Webhook }) {
  if (state === 'disabled')
    return (
      <StateBadge kind={disabledFor === 'hand' ? 'off' : 'bad'}>
        {disabledFor === 'hand' ? 'Off' : 'Disabled'}
      </StateBadge>
    )
  if (state === 'paused') return <StateBadge kind="waiting">Paused</StateBadge>
  return failingSince === null ? <StateBadge kind="good">On</StateBadge> : <StateBadge kind="bad">Fails</StateBadge>
}

/** A sentence for what is not as it should be, and what mends it; null: nothing. */
export function troubleOf({ state, disabledFor, lastError }: Webhook): string | null {
  if (disabledFor === 'gone')
    return 'It answered 410, that it wants no more, and was disabled. Switch it on once it is there again; “Deliver again” then brings what it has missed.'
  if (disabledFor === 'failing')
    return 'For five days nothing could be delivered, so it was disabled. Switch it on once it is there again; “Deliver again” then brings what it has missed.'
  if (state !== 'on' || lastError === null) return null
  return `${lastError} What cannot be delivered is tried again for about three days.`
}

const mostCounted = 1_000
/** The server counts so far and no farther. */
export const countWords = (count: number): string => (count >= mostCounted ? `${mostCounted}+` : String(count))

export const eventWords = (events: Webhook['events']): string =>
  events === null ? 'every event' : events.length === 1 ? events[0]! : `${events.length} events`
