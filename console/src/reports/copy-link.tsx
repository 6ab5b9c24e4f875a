import { Button } from '@mantine/core'
import { IconCheck, IconLink } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { toast } from '../ui/toast.tsx'
import { useReportPage } from './report-context.ts'
import { lastingAddress } from './view.ts'

/** A link to what is shown, that shows the same tomorrow: its days and its zone are said outright. */
export function CopyLink() {
  const { address, view } = useReportPage()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [copied])
  const given = Object.entries(lastingAddress(address, view)).filter(([, value]) => value !== '')
  const copy = () =>
    navigator.clipboard
      .writeText(`${location.origin}/reports?${new URLSearchParams(given)}`)
      .then(() => setCopied(true))
      .catch(() => toast({ text: 'The browser did not let this page copy. Copy the address instead.', kind: 'error' }))
  return (
    <Button
      variant="default"
      leftSection={copied ? <IconCheck size={16} stroke={1.6} /> : <IconLink size={16} stroke={1.6} />}
      onClick={() => void copy()}
    >
      {copied ? 'Copied' : 'Copy link'}
    </Button>
  )
}
