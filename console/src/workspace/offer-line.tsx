import { Button } from '@mantine/core'
import type { ConversationView } from '../live/shapes.ts'
import { useNow } from '../ui/use-now.ts'
import names from './conversation-pane.module.css'
import { deeds } from './deeds.ts'
import { channelWords, nameOf } from './lists.ts'

/** An offer to this person, with the seconds it stands; `named` where the conversation itself is not in sight. */
export function OfferLine({
  conversation,
  userId,
  named = false,
  onAccepted,
}: {
  conversation: ConversationView
  userId: string
  named?: boolean
  onAccepted(conversationId: string): void
}) {
  const now = useNow(1_000)
  const { conversationId, offer, channel, skill } = conversation
  if (offer === null || offer.userId !== userId) return null
  const left = Math.max(0, Math.ceil((Date.parse(offer.until) - now) / 1000))
  const accept = async () => {
    if (await deeds.accept(conversationId)) onAccepted(conversationId)
  }
  return (
    <div className={names.offer} role="status">
      <span>
        Offered to you for {left} s
        {named && (
          <>
            : <bdi>{nameOf(conversation)}</bdi> · {channelWords[channel]} · {skill.name}
          </>
        )}
      </span>
      <Button size="compact-sm" onClick={() => void accept()}>
        Accept
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => void deeds.decline(conversationId)}>
        Decline
      </Button>
    </div>
  )
}
