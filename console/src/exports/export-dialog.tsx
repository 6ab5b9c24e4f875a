import { Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api } from '../api.ts'
import { FormDialog } from '../ui/form-dialog.tsx'
import { toast } from '../ui/toast.tsx'
import { type ExportFormat, type ExportKind, useExportDeed } from './use-exports.ts'
import { WhatFields } from './what-fields.tsx'

const dayMs = 86_400_000
const isoDay = (at: number) => new Date(at).toISOString().slice(0, 10)

/** Asks for a file of a span of days. */
export function ExportDialog({ onClose }: { onClose(): void }) {
  const [draft, setDraft] = useState(() => ({
    kind: 'transactions' as ExportKind,
    format: 'csv' as ExportFormat,
    first: isoDay(Date.now() - 30 * dayMs),
    last: isoDay(Date.now()),
  }))
  const set = (change: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...change }))
  const ask = useExportDeed(() => {
    const { kind, format, first, last } = draft
    return api('POST /api/exports', {
      body: {
        kind,
        format,
        from: new Date(`${first}T00:00:00Z`).toISOString(),
        to: new Date(Date.parse(`${last}T00:00:00Z`) + dayMs).toISOString(),
        ...(kind === 'report' ? { groupBy: ['day'] as const } : {}),
      },
    })
  })
  return (
    <FormDialog
      title="New export"
      size="lg"
      submit="Export"
      saving={ask.isPending}
      error={ask.error}
      refused="Not asked for"
      onSubmit={() =>
        ask.mutate(undefined, {
          onSuccess: () => {
            toast({ text: 'The export is on its way.' })
            onClose()
          },
        })
      }
      onClose={onClose}
    >
      <WhatFields kind={draft.kind} format={draft.format} onChange={set} />
      <Group grow align="flex-start">
        <TextInput
          type="date"
          label="First day"
          description="Days of UTC."
          required
          value={draft.first}
          onChange={(event) => set({ first: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label="Last day"
          description="It belongs to it."
          required
          min={draft.first}
          value={draft.last}
          onChange={(event) => set({ last: event.currentTarget.value })}
        />
      </Group>
    </FormDialog>
  )
}
