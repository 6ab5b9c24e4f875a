import { IconFile } from '@tabler/icons-react'
import { useState } from 'react'
import names from './messages.module.css'
import type { PhoneMessage } from './shapes.ts'

/** What was sent from the phone: a picture as it is, anything else by its name. Either can be saved. */
export function PhoneFile({
  number,
  id,
  file: { name, contentType },
  onShown,
}: {
  number: string
  id: string
  file: NonNullable<PhoneMessage['file']>
  /** The picture is there, and has its height. */
  onShown: () => void
}) {
  const url = `/simulator/phones/${encodeURIComponent(number)}/files/${id}`
  const [broken, setBroken] = useState(false)
  if (contentType.startsWith('image/') && !broken) {
    return (
      <a href={url} download={name} className={names.picture}>
        <img src={url} alt={name} onLoad={onShown} onError={() => setBroken(true)} />
      </a>
    )
  }
  return (
    <a href={url} download={name} className={names.file}>
      <IconFile size={18} stroke={1.6} aria-hidden />
      <bdi>{name}</bdi>
    </a>
  )
}
