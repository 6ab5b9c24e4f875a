import type { Template } from '../shapes.ts'
import { StateBadge, type StateKind } from '../state-badge.tsx'

const states: Readonly<Record<string, readonly [StateKind, string]>> = {
  draft: ['draft', 'Draft'],
  pending: ['waiting', 'In review'],
  approved: ['good', 'Approved'],
  rejected: ['bad', 'Rejected'],
  paused: ['bad', 'Paused'],
  disabled: ['bad', 'Disabled'],
}

/** What WhatsApp thinks of a template. */
export function TemplateState({ status }: Pick<Template, 'status'>) {
  const [kind, word] = states[status] ?? (['waiting', status] as const)
  return <StateBadge kind={kind}>{word}</StateBadge>
}
