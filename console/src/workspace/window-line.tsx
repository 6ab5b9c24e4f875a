import { Tooltip } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import { exactTime } from '../ui/time.tsx'
import { useNow } from '../ui/use-now.ts'
import names from './composer.module.css'

/** How long free text may still be sent on WhatsApp; amber in the last two hours, red in the last half. */
export function WindowLine({ endsAt }: { endsAt: string }) {
  const left = Date.parse(endsAt) - useNow(15_000)
  const minutes = Math.max(0, Math.ceil(left / 60_000))
  const words = minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes} min`
  return (
    <Tooltip label={`Free text may be sent until ${exactTime(endsAt)}; then only a template.`}>
      <span className={names.window} data-urgency={minutes <= 30 ? 'late' : minutes <= 120 ? 'soon' : 'fine'}>
        <IconClock size={14} stroke={1.6} aria-hidden /> {left <= 0 ? 'Template only' : `Free text for ${words}`}
      </span>
    </Tooltip>
  )
}
