import { Button } from '@mantine/core'
import type { UseMutationResult } from '@tanstack/react-query'
import { Problem } from '../ui/problem.tsx'
import names from './admin.module.css'
import type { Draft } from './use-draft.ts'

/** At the foot of a form while it has changes: what was refused, and the two ways on. */
export function SaveBar({
  draft,
  save,
  onSave,
  shown = draft.dirty,
  label = 'Save changes',
}: {
  draft: Pick<Draft<unknown>, 'dirty' | 'clear'>
  save: Pick<UseMutationResult, 'isPending' | 'error' | 'reset'>
  onSave(): void
  shown?: boolean
  label?: string
}) {
  if (!shown) return null
  const discard = () => {
    draft.clear()
    save.reset()
  }
  return (
    <div className={names.saveBar}>
      {save.error !== null && <Problem error={save.error} title="Not saved" />}
      <div className={names.saveRow}>
        <span>There are unsaved changes.</span>
        <Button variant="default" onClick={discard} disabled={save.isPending}>
          Discard
        </Button>
        <Button onClick={onSave} loading={save.isPending}>
          {label}
        </Button>
      </div>
    </div>
  )
}
