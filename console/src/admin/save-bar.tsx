import { Button } from '@mantine/core'
import { Problem } from '../ui/problem.tsx'
import names from './admin.module.css'

/** At the foot of a form while it has changes: what was refused, and the two ways on. */
export function SaveBar({
  dirty,
  saving,
  error,
  onSave,
  onDiscard,
  label = 'Save changes',
}: {
  dirty: boolean
  saving: boolean
  error: Error | null
  onSave(): void
  onDiscard(): void
  label?: string
}) {
  if (!dirty) return null
  return (
    <div className={names.saveBar}>
      {error !== null && <Problem error={error} title="Not saved" />}
      <div className={names.saveRow}>
        <span>There are unsaved changes.</span>
        <Button variant="default" onClick={onDiscard} disabled={saving}>
          Discard
        </Button>
        <Button onClick={onSave} loading={saving}>
          {label}
        </Button>
      </div>
    </div>
  )
}
