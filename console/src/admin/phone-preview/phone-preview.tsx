import { IconBellRinging, IconCornerUpLeft, IconExternalLink, IconPhone } from '@tabler/icons-react'
import { Fragment, type ReactNode } from 'react'
import type { Channel, Template } from '../shapes.ts'
import names from './phone-preview.module.css'

export interface Previewed {
  readonly channel: Channel
  /** Who it comes from, as the phone shows it. */
  readonly from: string
  readonly title?: string
  readonly text: string
  readonly header?: Template['header']
  readonly footer?: string | null
  readonly buttons?: Template['buttons']
  /** What stands for a variable: the template's samples. */
  readonly samples?: Template['samples']
}

/** How a message looks on the caller's phone, about: enough to see its length, its breaks and its variables. */
export function PhonePreview({ message }: { message: Previewed }) {
  const { channel, from, title, text, header = null, footer = null, buttons = [], samples } = message
  return (
    <figure className={names.phone} data-channel={channel} aria-label="How it looks on the caller’s phone">
      <div className={names.top}>
        <span className={names.avatar} aria-hidden>
          {channel === 'inapp' ? '▣' : '☏'}
        </span>
        <bdi>{from === '' ? 'No sender yet' : from}</bdi>
      </div>
      <div className={names.screen}>
        <div className={channel === 'inapp' ? names.push : names.bubble}>
          {channel === 'inapp' && (
            <div className={names.pushHead}>
              <IconBellRinging size={14} stroke={1.6} aria-hidden />
              <strong>{withVariables(title ?? '', {}) || 'No title yet'}</strong>
            </div>
          )}
          {header !== null && <Header header={header} samples={samples?.header ?? {}} />}
          <div className={names.text} dir="auto">
            {text.trim() === '' ? (
              <span className={names.blank}>No text yet</span>
            ) : (
              withVariables(text, samples?.body ?? {})
            )}
          </div>
          {footer !== null && footer !== '' && <div className={names.footer}>{footer}</div>}
        </div>
        {buttons.map(({ kind, label }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: buttons have nothing else of their own
          <div key={index} className={names.button}>
            {kind === 'quick-reply' && <IconCornerUpLeft size={14} stroke={1.6} aria-hidden />}
            {kind === 'url' && <IconExternalLink size={14} stroke={1.6} aria-hidden />}
            {kind === 'phone' && <IconPhone size={14} stroke={1.6} aria-hidden />}
            {label === '' ? 'No label yet' : label}
          </div>
        ))}
      </div>
    </figure>
  )
}

function Header({ header, samples }: { header: NonNullable<Template['header']>; samples: Record<string, string> }) {
  if (header.kind === 'text') return <div className={names.header}>{withVariables(header.content, samples)}</div>
  return <div className={names.media}>{header.kind}</div>
}

const variable = /(\$?\{\{[0-9A-Za-z_]{1,32}\}\})/

/** Variables stand out; one that has a sample shows it. */
function withVariables(text: string, samples: Record<string, string>): ReactNode {
  let at = 0
  return text.split(variable).map((part) => {
    const key = at
    at += part.length
    const name = /^\$?\{\{(\w+)\}\}$/.exec(part)?.[1]
    if (name === undefined) return <Fragment key={key}>{part}</Fragment>
    return <mark key={key}>{samples[name] || part}</mark>
  })
}
