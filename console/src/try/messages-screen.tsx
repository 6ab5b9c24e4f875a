import { ActionIcon, Anchor } from '@mantine/core'
import { IconExternalLink, IconSend2 } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { api } from '../api.ts'
import { queryClient } from '../query-client.ts'
import { formatPhone } from '../ui/format-phone.ts'
import { Problem } from '../ui/problem.tsx'
import { clockOf } from '../ui/time.tsx'
import { useNow } from '../ui/use-now.ts'
import { SafeText } from '../workspace/safe-text.tsx'
import names from './messages.module.css'
import phone from './phone.module.css'
import type { Channel, PhoneMessage } from './shapes.ts'

const where: Readonly<Record<Channel, string>> = { sms: 'Texts', wa: 'WhatsApp', inapp: 'The brand’s app' }
const suggestions = ['Hi, where is my order 77?', 'STOP']

/** One channel of the phone, as its owner sees it, and where they answer. */
export function MessagesScreen({
  channel,
  number,
  brand,
  messages,
  takesKeys,
}: {
  channel: Channel
  number: string
  brand: string
  messages: readonly PhoneMessage[]
  /** The next key goes into the field as soon as there is one. */
  takesKeys: boolean
}) {
  const now = useNow(30_000)
  const [text, setText] = useState('')
  const list = useRef<HTMLOListElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const type = useMutation({
    mutationFn: (words: string) =>
      api('POST /simulator/phones/{number}/messages', { params: { number }, body: { channel, text: words } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['try'] }),
  })
  const send = (words: string) => {
    if (words.trim() === '' || type.isPending) return
    setText('')
    type.mutate(words)
    field.current?.focus()
  }
  const last = messages.at(-1)?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each new message
  useLayoutEffect(() => {
    if (list.current !== null) list.current.scrollTop = list.current.scrollHeight
  }, [last])
  const sender = messages.find((one) => one.direction === 'to-phone')?.from
  const written = sender !== undefined
  useEffect(() => {
    if (takesKeys && written) field.current?.focus()
  }, [takesKeys, written])

  return (
    <div className={phone.screen}>
      <div className={phone.callee}>
        <div>
          <h2>{written ? (channel === 'sms' ? formatPhone(sender) : brand) : where[channel]}</h2>
          <div className={phone.faint}>
            {channel === 'inapp' ? `signed in as ${number}` : written ? where[channel] : 'No messages yet'}
          </div>
        </div>
        {channel === 'inapp' && (
          <Anchor href="/simulator/app" target="_blank" rel="noopener" size="sm">
            Open the app <IconExternalLink size={14} stroke={1.6} aria-hidden />
          </Anchor>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable to be scrolled by keys */}
      <ol ref={list} className={names.messages} aria-label="Messages on the phone" aria-live="polite" tabIndex={0}>
        {messages.map(({ id, direction, title, text: words, at, status }) => (
          <li key={id} data-from={direction}>
            <div className={names.bubble}>
              <span className="visually-hidden">{direction === 'to-phone' ? `${brand}: ` : 'You: '}</span>
              {title !== undefined && <strong>{title}</strong>}
              <SafeText text={words} />
            </div>
            <div className={names.when}>
              {clockOf(new Date(at), now)}
              {status === 'failed' && ' · not received'}
            </div>
          </li>
        ))}
      </ol>
      {written ? (
        <>
          {type.error !== null && <Problem error={type.error} />}
          <div className={names.suggestions}>
            {suggestions.map((words) => (
              <button key={words} type="button" onClick={() => send(words)}>
                {words}
              </button>
            ))}
          </div>
          <form
            className={names.answer}
            onSubmit={(event: FormEvent) => {
              event.preventDefault()
              send(text)
            }}
          >
            <input
              ref={field}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              aria-label="Answer as the caller"
              placeholder="Answer as the caller"
              autoComplete="off"
              maxLength={1_600}
            />
            <ActionIcon
              type="submit"
              size={36}
              radius="xl"
              aria-label="Send from the phone"
              disabled={text.trim() === ''}
            >
              <IconSend2 size={18} stroke={1.6} />
            </ActionIcon>
          </form>
        </>
      ) : (
        <p className={names.hint}>Call a number and press 1: what the brand sends you arrives here.</p>
      )}
    </div>
  )
}
