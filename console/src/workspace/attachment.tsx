import { IconDownload, IconFile } from '@tabler/icons-react'
import { useState } from 'react'
import type { MessageView } from '../live/shapes.ts'
import names from './thread.module.css'

const shown = /^image\/(png|jpeg|gif|webp)$/

/** A picture is shown, anything else is a download. The server serves both as attachments that no browser will run. */
export function Attachment({ file, mine }: { file: MessageView['media'][number]; mine: boolean }) {
  const { url, contentType, fileName } = file
  const [broken, setBroken] = useState(false)
  const ours = new URL(url, location.href).origin === location.origin
  const name =
    fileName ??
    (contentType.startsWith('image/') ? 'Picture' : contentType.startsWith('audio/') ? 'Voice note' : 'File')
  if (ours && shown.test(contentType) && !broken) {
    return (
      <a href={url} download={fileName ?? ''} className={names.picture}>
        <img
          src={url}
          alt={fileName ?? (mine ? 'Picture you sent' : 'Picture from the consumer')}
          loading="lazy"
          onError={() => setBroken(true)}
        />
      </a>
    )
  }
  return (
    <a
      href={url}
      className={names.file}
      {...(ours ? { download: fileName ?? '' } : { target: '_blank', rel: 'noopener noreferrer nofollow' })}
    >
      <IconFile size={18} stroke={1.6} aria-hidden />
      <span>
        <bdi>{name}</bdi>
        <small>{contentType}</small>
      </span>
      <IconDownload size={16} stroke={1.6} aria-hidden />
    </a>
  )
}
