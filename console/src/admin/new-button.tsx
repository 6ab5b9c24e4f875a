import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMay } from '../session.ts'

/** Makes one more of what a page lists, on a page of its own or by a dialog; nothing for whoever may not do `act`. */
export function NewButton({
  act,
  children,
  ...how
}: { act: string; children: ReactNode } & ({ to: string } | { onClick(): void })) {
  if (!useMay()(act)) return null
  const plus = <IconPlus size={16} stroke={1.6} />
  return 'to' in how ? (
    <Button component={Link} to={how.to} leftSection={plus}>
      {children}
    </Button>
  ) : (
    <Button leftSection={plus} onClick={how.onClick}>
      {children}
    </Button>
  )
}
