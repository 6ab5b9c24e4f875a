import { Button, Group, Modal, Stack } from '@mantine/core'
import { type ReactNode, useRef } from 'react'
import { confirm } from './confirm.tsx'
import { Problem } from './problem.tsx'

/**
 * A dialog that is one form: its fields, what was refused, and at its foot the ways out. Once something is typed into it, a
 * key or a click beside it does not take it away unasked; its Cancel does.
 */
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
  const typed = useRef(false)
  const asking = useRef(false)
  const leave = async () => {
    // The key that closes the question is heard here too.
    if (asking.current) return
    asking.current = true
    const yes = !typed.current || (await confirm(leaving))
    asking.current = false
    if (yes) onClose()
  }
  return (
    <Modal opened onClose={() => void leave()} title={title} {...size}>
      <form
        onInput={() => {
          typed.current = !readOnly
        }}
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

const leaving = {
  title: 'Close without saving',
  text: 'What you have typed here is not saved.',
  yes: 'Close',
}
