import { Button, Group, Select, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api } from '../api.ts'
import { confirm } from '../ui/confirm.tsx'
import { FormDialog } from '../ui/form-dialog.tsx'
import { RequiredNumber } from '../ui/required-number.tsx'
import { toast } from '../ui/toast.tsx'
import { DestinationFields } from './destination-fields.tsx'
import { weekdayWords } from './export-words.ts'
import { draftOf, type ScheduleDraft, scheduleOf } from './schedule-draft.ts'
import { type Schedule, useExportDeed, useSchedules } from './use-exports.ts'
import { WhatFields } from './what-fields.tsx'

const everyWords = { day: 'Each day', week: 'Each week', month: 'Each month' } as const

/** A schedule to write or to change: what, when, where to. */
export function ScheduleDialog({ schedule, onClose }: { schedule: Schedule | null; onClose(): void }) {
  const hasFolder = useSchedules().data?.folder ?? false
  const [draft, setDraft] = useState(() => draftOf(schedule, hasFolder))
  const set = (change: Partial<ScheduleDraft>) => setDraft((before) => ({ ...before, ...change }))
  const save = useExportDeed(() => {
    const body = scheduleOf(draft)
    if (schedule === null) return api('POST /api/export-schedules', { body })
    return api('PATCH /api/export-schedules/{scheduleId}', { params: { scheduleId: schedule.scheduleId }, body })
  })
  const remove = useExportDeed((scheduleId: string) =>
    api('DELETE /api/export-schedules/{scheduleId}', { params: { scheduleId } }),
  )
  const discard = async (known: Schedule) => {
    const text = 'No further file is made. Those that were made stay where they are.'
    if (!(await confirm({ title: 'Delete the schedule', text, yes: 'Delete the schedule', danger: true }))) return
    remove.mutate(known.scheduleId, {
      onSuccess: () => {
        toast({ text: 'The schedule is deleted.' })
        onClose()
      },
    })
  }
  return (
    <FormDialog
      title={schedule === null ? 'New schedule' : schedule.title}
      size="lg"
      submit={schedule === null ? 'Add schedule' : 'Save'}
      saving={save.isPending}
      error={save.error ?? remove.error}
      refused="Not done"
      beside={
        schedule !== null && (
          <Button
            variant="subtle"
            color="red"
            mr="auto"
            loading={remove.isPending}
            onClick={() => void discard(schedule)}
          >
            Delete
          </Button>
        )
      }
      onSubmit={() =>
        save.mutate(undefined, {
          onSuccess: () => {
            toast({ text: 'The schedule is saved.' })
            onClose()
          },
        })
      }
      onClose={onClose}
    >
      <TextInput
        label="Title"
        required
        maxLength={100}
        data-autofocus
        value={draft.title}
        onChange={(event) => set({ title: event.currentTarget.value })}
      />
      <WhatFields kind={draft.kind} format={draft.format} onChange={set} />
      <Group grow align="flex-start">
        <Select
          label="How often"
          data={Object.entries(everyWords).map(([value, label]) => ({ value, label }))}
          value={draft.every}
          onChange={(every) => set({ every: (every ?? 'day') as ScheduleDraft['every'] })}
          allowDeselect={false}
        />
        {draft.every === 'week' && (
          <Select
            label="On"
            data={Object.entries(weekdayWords).map(([value, label]) => ({ value, label }))}
            value={draft.weekday}
            onChange={(weekday) => set({ weekday: (weekday ?? 'mon') as ScheduleDraft['weekday'] })}
            allowDeselect={false}
          />
        )}
        {draft.every === 'month' && (
          <RequiredNumber
            label="On day"
            min={1}
            max={28}
            value={draft.monthDay}
            onChange={(monthDay) => set({ monthDay })}
          />
        )}
        <RequiredNumber label="At hour" min={0} max={23} value={draft.hour} onChange={(hour) => set({ hour })} />
      </Group>
      <TextInput
        label="Time zone"
        description="Whose calendar and clock count, such as Europe/London."
        required
        maxLength={64}
        value={draft.timeZone}
        onChange={(event) => set({ timeZone: event.currentTarget.value.trim() })}
      />
      <DestinationFields draft={draft} hasFolder={hasFolder} hasSecret={schedule?.hasSecret ?? false} onChange={set} />
      <Switch
        label="On"
        description="Off: no file is made, and periods that pass meanwhile get none."
        checked={draft.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
    </FormDialog>
  )
}
