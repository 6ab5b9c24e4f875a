import { Button } from '@mantine/core'
import { IconPlugConnectedX, IconWifiOff } from '@tabler/icons-react'
import { useState } from 'react'
import { reconnectNow } from '../live/live-store.ts'
import { useLive } from '../live/use-live.ts'
import { exactTime } from '../ui/time.tsx'
import { deeds } from './deeds.ts'
import names from './workspace-page.module.css'

/** Says that the line is cut, and that nothing is lost by it; and whoever is offline, that nobody is sent to them. */
export function LineBanner() {
  const line = useLive((live) => live.line)
  const since = useLive((live) => live.since)
  const presence = useLive((live) => live.state?.me.presence ?? null)
  const [busy, setBusy] = useState(false)
  if (line === 'offline') {
    return (
      <div className={names.banner} data-kind="cut" role="status">
        <IconWifiOff size={16} stroke={1.6} aria-hidden />
        <span>
          No connection since {exactTime(new Date(since).toISOString()).split(' at ').pop()}. What you write is kept and
          sent when it is back.
        </span>
        <Button size="compact-sm" variant="default" onClick={reconnectNow}>
          Try now
        </Button>
      </div>
    )
  }
  if (line !== 'live' || presence !== 'offline') return null
  const goOnline = async () => {
    setBusy(true)
    await deeds.presence('online')
    setBusy(false)
  }
  return (
    <div className={names.banner} role="status">
      <IconPlugConnectedX size={16} stroke={1.6} aria-hidden />
      <span>You are offline: no conversation comes to you.</span>
      <Button size="compact-sm" loading={busy} onClick={() => void goOnline()}>
        Go online
      </Button>
    </div>
  )
}
