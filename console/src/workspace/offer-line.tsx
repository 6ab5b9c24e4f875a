import { Button } from '@mantine/core'
import type { ConversationView } from '../live/shapes.ts'
import { useNow } from '../ui/use-now.ts'
import names from './conversation-pane.module.css'
import { deeds } from './deeds.ts'

/** An offer to this person, with the seconds it stands. */
export function OfferLine({
  conversation: { conversationId, offer },
  userId,
}: {
  conversation: ConversationView
  userId: string
}) {
  const now = useNow(1_000)
  if (offer === null || offer.userId !== userId) return null
  const left = Math.max(0, Math.ceil((Date.parse(offer.until) - now) / 1000))
  return (
    <div className={names.offer} role="status">
      <span>Offered to you for {left} s</span>
      <Button size="compact-sm" onClick={() => void deeds.accept(conversationId)}>
        Accept
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => void deeds.decline(conversationId)}>
        Decline
      </Button>
    </div>
  )
}
