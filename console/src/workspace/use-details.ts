import { useEffect, useState } from 'react'
import { readStored, writeStored } from './stored.ts'

const key = 'details'
/** Up to this width the details lie over the conversation (workspace-page.module.css). */
const overlay = '(max-width: 1240px)'

/**
 * Whether the details are open. Beside the conversation they are as they were left the last time; over it they begin closed,
 * and what is done there is of no lasting consequence: they would hide what one answers with.
 */
export function useDetails(): readonly [open: boolean, toggle: () => void] {
  const [over, setOver] = useState(() => matchMedia(overlay).matches)
  const [beside, setBeside] = useState(() => readStored(key, true))
  const [above, setAbove] = useState(false)
  useEffect(() => {
    const media = matchMedia(overlay)
    const heard = () => {
      setOver(media.matches)
      setAbove(false)
    }
    media.addEventListener('change', heard)
    return () => media.removeEventListener('change', heard)
  }, [])
  const toggle = () => {
    if (over) return setAbove(!above)
    setBeside(!beside)
    writeStored(key, !beside)
  }
  return [over ? above : beside, toggle]
}
