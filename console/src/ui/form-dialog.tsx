import { Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { Problem } from './problem.tsx'

/** A dialog that is one form: its fields, what was refused, and at its foot the ways out. */
export function FormDialog({
  title,
  submit,
  saving,
  disabled = false,
  error,
  refused = 'Not saved',
  beside,
  readOnly = false,
  onSubmit,
  onClose,
  children,
  ...size
}: {
  title: string
  /** What the button says that sends the form. */
  submit: string
  saving: boolean
  /** The form cannot be sent as it is. */
  disabled?: boolean
  error: Error | null
  /** The title of what was refused. */
  refused?: string
  /** What else can be done, apart from the ways out. */
  beside?: ReactNode
  /** Without a foot. */
  readOnly?: boolean
  onSubmit(): void
  onClose(): void
  children: ReactNode
  size?: 'lg'
}) {
  return (
    <Modal opened onClose={onClose} title={title} {...size}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit()
        }}
      >
        <Stack gap="md">
          {children}
          {error !== null && <Problem error={error} title={refused} />}
          {!readOnly && (
            <Group justify="flex-end" gap="sm">
              {beside}
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" disabled={disabled} loading={saving}>
                {submit}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Modal>
  )
}
