import type { Sender } from '../shapes.ts'
import { StateBadge } from '../state-badge.tsx'

/** Whether a sender can send now. */
export function SenderState({ sender: { enabled, broken, trouble } }: { sender: Sender }) {
  if (!enabled) return <StateBadge kind="off">Off</StateBadge>
  if (broken !== null) return <StateBadge kind="bad">Does not work</StateBadge>
  if (trouble !== null && trouble.state === 'open') return <StateBadge kind="bad">Provider fails</StateBadge>
  return <StateBadge kind="good">On</StateBadge>
}
