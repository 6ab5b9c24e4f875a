import { Group, Select } from '@mantine/core'
import { formatWords, kindWords } from './export-words.ts'
import type { ExportFormat, ExportKind } from './use-exports.ts'

/** What is exported, and as what kind of file. */
export function WhatFields({
  kind,
  format,
  onChange,
}: {
  kind: ExportKind
  format: ExportFormat
  onChange(change: { kind?: ExportKind; format?: ExportFormat }): void
}) {
  return (
    <Group grow align="flex-start">
      <Select
        label="What"
        description={kindWords[kind][1]}
        data={Object.entries(kindWords).map(([value, [label]]) => ({ value, label }))}
        value={kind}
        onChange={(next) => onChange({ kind: (next ?? 'transactions') as ExportKind })}
        allowDeselect={false}
      />
      <Select
        label="Format"
        description="No cell of a CSV is a formula."
        data={Object.entries(formatWords).map(([value, label]) => ({ value, label }))}
        value={format}
        onChange={(next) => onChange({ format: (next ?? 'csv') as ExportFormat })}
        allowDeselect={false}
      />
    </Group>
  )
}
