import { ActionIcon, Anchor, Tooltip } from '@mantine/core'
import { IconExternalLink, IconPaperclip, IconSend2 } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { ApiFailure, api, upload } from '../api.ts'
import { queryClient } from '../query-client.ts'
import { fileRefusal } from '../ui/file-refusal.ts'
import { formatPhone } from '../ui/format-phone.ts'
import { Problem } from '../ui/problem.tsx'
import { clockOf } from '../ui/time.tsx'
import { useNow } from '../ui/use-now.ts'
import { SafeText } from '../workspace/safe-text.tsx'
import names from './messages.module.css'
import phone from './phone.module.css'
import { PhoneFile } from './phone-file.tsx'
import type { Channel, PhoneMessage } from './shapes.ts'

const where: Readonly<Record<Channel, string>> = { sms: 'Texts', wa: 'WhatsApp', inapp: 'The brand’s app' }
/** What the dialog offers; what a file really is, the server reads from its bytes. */
const offeredTypes = 'image/jpeg,image/png,image/gif,image/webp,application/pdf'
const suggestions = ['Hi, where is my order 77?', 'STOP']

/** What is sent from the phone: words, or a file on a channel that carries some. */
type Answer = { readonly text: string } | { readonly file: File; readonly channel: Exclude<Channel, 'inapp'> }

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
  const picker = useRef<HTMLInputElement>(null)
  const answer = useMutation({
    mutationFn: async (given: Answer) => {
      if ('text' in given)
        return api('POST /simulator/phones/{number}/messages', {
          params: { number },
          body: { channel, text: given.text },
        })
      const { file, ...query } = given
      const refusal = fileRefusal(file)
      if (refusal !== null) throw new ApiFailure(400, 'invalid-request', refusal, [], null)
      return upload('POST /simulator/phones/{number}/files', { params: { number }, query, file })
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['try'] }),
  })
  const send = (given: Answer) => {
    answer.mutate(given)
    field.current?.focus()
  }
  const say = (words: string) => {
    if (words.trim() === '' || answer.isPending) return
    setText('')
    send({ text: words })
  }
  const last = messages.at(-1)?.id
  const toEnd = () => {
    if (list.current !== null) list.current.scrollTop = list.current.scrollHeight
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each new message, and where a refusal takes its room
  useLayoutEffect(toEnd, [last, answer.error])
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
        {messages.map(({ id, direction, title, text: words, file, at, status }) => (
          <li key={id} data-from={direction}>
            <div className={names.bubble} data-picture={file?.contentType.startsWith('image/')}>
              <span className="visually-hidden">{direction === 'to-phone' ? `${brand}: ` : 'You: '}</span>
              {title !== undefined && <strong>{title}</strong>}
              {file !== undefined && <PhoneFile number={number} id={id} file={file} onShown={toEnd} />}
              {words !== '' && <SafeText text={words} />}
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
          {answer.error !== null && <Problem error={answer.error} />}
          <div className={names.suggestions}>
            {suggestions.map((words) => (
              <button key={words} type="button" onClick={() => say(words)}>
                {words}
              </button>
            ))}
          </div>
          <form
            className={names.answer}
            onSubmit={(event: FormEvent) => {
              event.preventDefault()
              say(text)
            }}
          >
            {channel !== 'inapp' && (
              <>
                <Tooltip label="A picture, or a PDF file">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size={36}
                    radius="xl"
                    aria-label="Send a picture from the phone"
                    loading={answer.isPending && 'file' in answer.variables}
                    onClick={() => picker.current?.click()}
                  >
                    <IconPaperclip size={18} stroke={1.6} />
                  </ActionIcon>
                </Tooltip>
                <input
                  ref={picker}
                  type="file"
                  hidden
                  accept={offeredTypes}
                  onChange={({ currentTarget }) => {
                    const [file] = currentTarget.files ?? []
                    currentTarget.value = ''
                    if (file !== undefined) send({ file, channel })
                  }}
                />
              </>
            )}
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
