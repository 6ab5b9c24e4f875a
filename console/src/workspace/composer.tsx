import { ActionIcon, Button, CloseButton, Loader, Textarea, Tooltip } from '@mantine/core'
import { IconPaperclip, IconSend2, IconSlash, IconTemplate } from '@tabler/icons-react'
import { type DragEvent, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { api } from '../api.ts'
import type { ConversationView, Thread } from '../live/shapes.ts'
import { useSession } from '../session.ts'
import { toast } from '../ui/toast.tsx'
import { fillCanned, firstGap } from './canned.ts'
import { CannedList, cannedOptionId } from './canned-list.tsx'
import names from './composer.module.css'
import { setDraft, useDraft } from './drafts.ts'
import { EmojiPicker } from './emoji-picker.tsx'
import { setJustTaken, useJustTaken } from './just-taken.ts'
import { send } from './outbox.ts'
import { refusalWords } from './refusal-words.ts'
import { SegmentCounter } from './segment-counter.tsx'
import { TemplatePicker } from './template-picker.tsx'
import { useCanned } from './use-canned.ts'
import { offeredTypes, useFiles } from './use-files.ts'
import { WindowLine } from './window-line.tsx'

const typingEveryMs = 4_000
const coarse = typeof matchMedia === 'function' && matchMedia('(pointer: coarse)').matches

/** Where a reply, or a note for colleagues, is written. What is written stays, per conversation, until it is sent. */
export function Composer({ conversation, thread }: { conversation: ConversationView; thread: Thread }) {
  const { conversationId, skill, channel, state } = conversation
  const session = useSession()
  const { userId } = session
  const { text, note } = useDraft(userId, conversationId)
  const [caret, setCaret] = useState(text.length)
  const [templates, setTemplates] = useState(false)
  const [over, setOver] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const files = useFiles(conversationId)
  const tellTyping = useTyping(conversationId)
  const refusal = (act: string) => thread.acts.find((one) => one.act === act)?.refusal
  const blocked = note ? null : state === 'closed' ? 'conversation-closed' : (refusal('reply') ?? null)
  const begins = useJustTaken() === conversationId
  const takesTemplates = refusal('reply-with-template') === null

  useEffect(() => {
    // As it was read before the taking; what it is after that is on its way.
    if (!begins || blocked === 'not-yours') return
    setJustTaken(null)
    takeKeyboard(() => field.current)
  }, [begins, blocked])

  const box = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const { style } = document.documentElement
    const sizes = new ResizeObserver(() =>
      style.setProperty('--composer-height', `${box.current?.offsetHeight ?? 0}px`),
    )
    sizes.observe(box.current!)
    return () => {
      sizes.disconnect()
      style.removeProperty('--composer-height')
    }
  }, [])

  const write = (next: string, place = next.length) => {
    setDraft(userId, conversationId, { text: next, note })
    setCaret(place)
    requestAnimationFrame(() => field.current?.setSelectionRange(place, place))
  }
  const insert = (piece: string) => {
    const at = field.current?.selectionStart ?? text.length
    write(text.slice(0, at) + piece + text.slice(field.current?.selectionEnd ?? at), at + piece.length)
    field.current?.focus()
  }
  const canned = useCanned({
    text,
    caret,
    skillId: skill.skillId,
    onPick(reply, start) {
      const filled = fillCanned(reply.text, variablesOf(conversation, thread, session))
      const next = text.slice(0, start) + filled + text.slice(caret)
      write(next, start + filled.length)
      const gap = firstGap(filled)
      if (gap !== null)
        requestAnimationFrame(() => field.current?.setSelectionRange(start + gap.start, start + gap.end))
    },
  })
  const ready = files.files.every((file) => file.fileId !== null)
  const empty = text.trim() === '' && (note || files.files.length === 0)
  const submit = () => {
    if (empty || !ready || blocked !== null) return
    const gap = note ? null : firstGap(text)
    if (gap !== null) {
      field.current?.focus()
      field.current?.setSelectionRange(gap.start, gap.end)
      return toast({ kind: 'error', text: `Fill in ${text.slice(gap.start, gap.end)} first, or take it out.` })
    }
    const going = note
      ? []
      : files.files.map(({ fileId, name, contentType }) => ({ fileId: fileId!, name, contentType }))
    const one = { userId, conversationId, kind: note ? 'note' : 'reply', template: null } as const
    // A message carries one file; the words go with the first.
    send({ ...one, text: text.trim(), files: going.slice(0, 1) })
    for (const file of going.slice(1)) send({ ...one, text: '', files: [file] })
    setDraft(userId, conversationId, { text: '', note: false })
    setCaret(0)
    if (!note) files.clear()
    field.current?.focus()
  }
  const keyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return
    // A note has no list: a / in it is a /.
    if (!note && canned.key(event.key)) return event.preventDefault()
    const sends = event.key === 'Enter' && (event.ctrlKey || event.metaKey || (!event.shiftKey && !coarse))
    if (!sends) return
    event.preventDefault()
    submit()
  }
  const dropped = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    if (!note) files.add(event.dataTransfer.files)
  }
  const setNote = (to: boolean) => {
    setDraft(userId, conversationId, { text, note: to })
    field.current?.focus()
  }

  return (
    <section
      ref={box}
      className={names.composer}
      aria-label={note ? 'Write a note' : 'Write a reply'}
      data-note={note}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(!note)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      <div className={names.tabs}>
        <button type="button" className={names.tab} aria-pressed={!note} onClick={() => setNote(false)}>
          Reply
        </button>
        <button type="button" className={names.tab} aria-pressed={note} onClick={() => setNote(true)}>
          Note
        </button>
        {!note && thread.window !== null && <WindowLine endsAt={thread.window.endsAt} />}
      </div>
      {blocked !== null ? (
        <div className={names.blocked} role="status">
          <span>{refusalWords(blocked)}</span>
          {takesTemplates && (
            <Button
              size="compact-md"
              fz="sm"
              leftSection={<IconTemplate size={16} stroke={1.6} />}
              onClick={() => setTemplates(true)}
            >
              Choose a template
            </Button>
          )}
        </div>
      ) : (
        <>
          {canned.open && !note && (
            <CannedList
              replies={canned.replies}
              chosen={canned.chosen}
              known={canned.known}
              onChoose={canned.choose}
              onPick={(reply) => {
                canned.pick(reply)
                field.current?.focus()
              }}
            />
          )}
          {files.files.length > 0 && !note && (
            <div className={names.files}>
              {files.files.map((file) => (
                <div key={file.key} className={names.file}>
                  {file.preview !== null && <img src={file.preview} alt="" />}
                  <span>{file.name}</span>
                  {file.fileId === null && <Loader size={14} aria-label="on its way" />}
                  <CloseButton size="xs" aria-label={`Remove ${file.name}`} onClick={() => files.remove(file.key)} />
                </div>
              ))}
            </div>
          )}
          <Textarea
            ref={field}
            id="reply"
            className={names.field!}
            autosize
            minRows={2}
            maxRows={10}
            value={text}
            maxLength={60_000}
            placeholder={note ? 'A note that only colleagues see' : 'Reply, or / for a canned reply'}
            aria-label={note ? 'Note' : 'Reply'}
            aria-autocomplete="list"
            aria-controls={canned.open ? 'canned-replies' : undefined}
            aria-activedescendant={canned.open && canned.replies.length > 0 ? cannedOptionId(canned.chosen) : undefined}
            onChange={(event) => {
              const { value, selectionStart } = event.currentTarget
              setDraft(userId, conversationId, { text: value, note })
              setCaret(selectionStart)
              canned.typed()
              if (!note && value !== '') tellTyping()
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
            onKeyDown={keyDown}
            onPaste={(event) => {
              if (note || event.clipboardData.files.length === 0) return
              event.preventDefault()
              files.add(event.clipboardData.files)
            }}
          />
          <div className={names.bar}>
            {!note && (
              <>
                <Tooltip label="Canned replies">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label="Canned replies"
                    onClick={() => insert(/(^|\s)$/.test(text.slice(0, caret)) ? '/' : ' /')}
                  >
                    <IconSlash size={18} stroke={1.6} />
                  </ActionIcon>
                </Tooltip>
                <Tooltip label="Add a file">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label="Add a file"
                    onClick={() => picker.current?.click()}
                  >
                    <IconPaperclip size={18} stroke={1.6} />
                  </ActionIcon>
                </Tooltip>
                <input
                  ref={picker}
                  type="file"
                  hidden
                  multiple
                  accept={offeredTypes}
                  onChange={(event) => {
                    files.add([...(event.currentTarget.files ?? [])])
                    event.currentTarget.value = ''
                  }}
                />
                {takesTemplates && (
                  <Tooltip label="Send a template">
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label="Send a template"
                      onClick={() => setTemplates(true)}
                    >
                      <IconTemplate size={18} stroke={1.6} />
                    </ActionIcon>
                  </Tooltip>
                )}
              </>
            )}
            <EmojiPicker onPick={insert} disabled={false} />
            {channel === 'sms' && !note ? <SegmentCounter text={text} /> : <span className={names.counter} />}
            <Tooltip label={coarse ? 'Send' : 'Send (Enter)'}>
              <ActionIcon
                size="lg"
                aria-label={note ? 'Save the note' : 'Send'}
                disabled={empty || !ready}
                onClick={submit}
              >
                <IconSend2 size={18} stroke={1.6} />
              </ActionIcon>
            </Tooltip>
          </div>
        </>
      )}
      {templates && (
        <TemplatePicker conversationId={conversationId} userId={userId} onClose={() => setTemplates(false)} />
      )}
    </section>
  )
}

/**
 * At once, so that whoever types on loses no letter; and again at the next frame, because a command bar that closes gives
 * the keyboard back. Not from another field, nor where it would put a keyboard over half of the screen.
 */
function takeKeyboard(field: () => HTMLTextAreaElement | null): void {
  const take = () => {
    const { activeElement } = document
    const elsewhere = activeElement instanceof HTMLInputElement || activeElement instanceof HTMLTextAreaElement
    if (!coarse && !elsewhere) field()?.focus()
  }
  take()
  requestAnimationFrame(take)
}

/** Says so every few seconds at most; that it does not arrive hurts nobody. */
function useTyping(conversationId: string): () => void {
  const last = useRef(0)
  useEffect(() => {
    last.current = 0
    void conversationId
  }, [conversationId])
  return () => {
    const now = Date.now()
    if (now - last.current < typingEveryMs) return
    last.current = now
    api('POST /api/workspace/conversations/{conversationId}/typing', { params: { conversationId } }).catch(() => {})
  }
}

/** What a canned reply may name; the server lets no other be saved (domain/canned-reply.ts). */
function variablesOf(
  { skill }: ConversationView,
  { call }: Thread,
  { name, accountTitle }: { name: string; accountTitle: string },
): Record<string, string | null> {
  const { firstname, lastname } = call?.sdes.personal ?? {}
  return {
    firstName: typeof firstname === 'string' ? firstname : null,
    lastName: typeof lastname === 'string' ? lastname : null,
    agentName: name,
    brand: accountTitle,
    skill: skill.name,
    ivrNumber: call?.ivrNumber ?? null,
  }
}
