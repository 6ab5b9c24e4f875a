import type { SmsHandoffChannel } from '../../domain/handoff.ts'
import { type ManagedTemplate, variablesIn } from '../../domain/template.ts'

/** A part of a first message as the published handoff API shows it (reference c2m.md, section 9). */
export type MessageComponent = Readonly<Record<string, unknown>> & { readonly type: string }

/** Stored configuration has a dollar before its variables there: `${{1}}`. */
const published = (text: string) => text.replace(/\$?\{\{/g, '${{')
const content = (text: string) => ({ content: published(text), variables: [...variablesIn(text)] })

export function smsComponents(channel: SmsHandoffChannel): readonly MessageComponent[] {
  return [{ type: 'body', ...content(channel.text), optOut: channel.optOutLine }]
}

export function inappComponents(channel: {
  readonly title: string
  readonly text: string
}): readonly MessageComponent[] {
  return [
    {
      type: 'text',
      messageText: published(channel.text),
      notificationTitle: published(channel.title),
      notificationMessage: published(channel.text),
      isSameMessageForNotification: true,
      variables: [...variablesIn(`${channel.title} ${channel.text}`)],
    },
  ]
}

export function waComponents({ header, body, footer, buttons }: ManagedTemplate): readonly MessageComponent[] {
  return [
    ...(header === null ? [] : [{ type: 'header', sub_type: header.kind, ...content(header.content) }]),
    { type: 'body', ...content(body) },
    ...(footer === null ? [] : [{ type: 'footer', content: footer }]),
    ...buttons.map((button, index) => ({ type: 'button', index, content: button.label, ...buttonParts(button) })),
  ]
}

function buttonParts({ kind, value }: ManagedTemplate['buttons'][number]) {
  if (kind === 'url') return { sub_type: 'url', url: published(value) }
  return kind === 'phone' ? { sub_type: 'phone_number', phone_number: value } : { sub_type: 'quick_reply' }
}
