import { Button } from '@mantine/core'
import { toast } from '../ui/toast.tsx'

/** The same request, for a terminal. */
export function CopyCurl({ curl }: { curl: string }) {
  const copy = () =>
    navigator.clipboard
      .writeText(curl)
      .then(() => toast({ text: 'Copied as curl. It needs a token, as its first line says.' }))
      .catch(() => toast({ text: 'The browser did not let this page copy.', kind: 'error' }))
  return (
    <Button size="compact-xs" variant="default" onClick={() => void copy()} flex="none">
      Copy as curl
    </Button>
  )
}
