import { Alert, Button, Checkbox, Group, Modal, Stack } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import { CopyField } from '../ui/copy-field.tsx'

/** Secrets that were just made. Nobody can see them again, so the dialog only closes once they are kept. */
export function SecretsOnce({
  title,
  about,
  values,
  onClose,
}: {
  title: string
  about: string
  values: readonly { readonly label: string; readonly value: string }[]
  onClose(): void
}) {
  const [kept, setKept] = useState(false)
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="lg"
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack gap="md">
        <Alert color="yellow" variant="light" icon={<IconKey size={18} stroke={1.6} />}>
          {about}
        </Alert>
        <div>
          {values.map(({ label, value }) => (
            <CopyField key={label} label={label} value={value} />
          ))}
        </div>
        <Checkbox label="I have kept it" checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
        <Group justify="flex-end">
          <Button disabled={!kept} onClick={onClose}>
            Done
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
