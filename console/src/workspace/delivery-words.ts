import type { MessageView } from '../live/shapes.ts'

/** How far a message has come, in a word; null for what is not ours to deliver. */
export function deliveryWord({ direction, status, kind }: MessageView): string | null {
  if (direction === 'in' || kind === 'note' || status === null) return null
  switch (status) {
    case 'accepted':
      return 'queued'
    case 'sent':
      return 'sent'
    case 'delivered':
      return 'delivered'
    case 'read':
      return 'read'
    case 'failed':
      return 'failed'
    default:
      return status
  }
}
