import { ActionIcon, Tooltip } from '@mantine/core'
import { IconCommand, IconKeyboard } from '@tabler/icons-react'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react'
import type { ConversationView } from '../live/shapes.ts'
import { useLive, useLiveState } from '../live/use-live.ts'
import { useMay, useSession } from '../session.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorState } from '../ui/error-state.tsx'
import { useUrlFilters } from '../ui/use-url-filters.ts'
import { useAttention, useTitleBadge } from './attention.ts'
import { AttentionMenu } from './attention-menu.tsx'
import { useConversations } from './closings.ts'
import { CommandBar, openCommandBar } from './command-bar.tsx'
import { commandsFor } from './conversation-commands.ts'
import { ConversationList, type ListTab } from './conversation-list.tsx'
import { ConversationPane } from './conversation-pane.tsx'
import { deeds, isMissing } from './deeds.ts'
import { DetailsPane } from './details-pane.tsx'
import { draftOf, setDraft } from './drafts.ts'
import { setJustTaken, useJustTaken } from './just-taken.ts'
import { LineBanner } from './line-banner.tsx'
import { isWaitingFor, type ListName, listOf } from './lists.ts'
import { OfferLine } from './offer-line.tsx'
import { sendWaiting, useOutbox } from './outbox.ts'
import { drop } from './outbox-store.ts'
import { PresenceMenu } from './presence-menu.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'
import { ThreadSkeleton } from './thread.tsx'
import { TransferDialog } from './transfer-dialog.tsx'
import { useClosed } from './use-closed.ts'
import { useDetails } from './use-details.ts'
import { type Shortcut, useShortcuts } from './use-shortcuts.ts'
import { useSeen, useThread } from './use-thread.ts'
import names from './workspace-page.module.css'

const listDefaults = { list: 'mine' }
const emptyWords: Readonly<Record<ListName, { title: string; text: string }>> = {
  mine: { title: 'Nothing is yours', text: 'Conversations you take stand here, the longest waiting on top.' },
  queue: { title: 'Nobody waits', text: 'Whoever answers an invite appears here until somebody takes them.' },
  closed: { title: 'Nothing closed', text: 'Conversations you have closed stand here.' },
  all: { title: 'Nothing is open', text: 'Every open conversation of every agent stands here.' },
}

/** Three panes: the lists, the conversation, and about the consumer. On a phone one at a time. */
export function Workspace() {
  const session = useSession()
  const { userId } = session
  const may = useMay()
  const navigate = useNavigate()
  const { conversationId: chosen = null } = useParams({ strict: false }) as { conversationId?: string }
  const [{ list: listed }, setFilters] = useUrlFilters(listDefaults)
  const [search, setSearch] = useState('')
  const [details, toggleDetails] = useDetails()
  const justTaken = useJustTaken()
  const [dialog, setDialog] = useState<'transfer' | 'shortcuts' | null>(null)

  const all = useConversations()
  const counts = useMemo(() => countsOf(all.values(), userId), [all, userId])
  const tabs: ListTab[] = [
    { name: 'mine', label: 'Mine', count: counts.mine },
    { name: 'queue', label: 'Queue', count: counts.queue },
    ...(may('workspace.read-all') ? [{ name: 'all' as const, label: 'All', count: counts.open }] : []),
    { name: 'closed', label: 'Closed', count: null },
  ]
  // An address may name a list that is none, or not this person's.
  const list = tabs.find(({ name }) => name === listed)?.name ?? 'mine'
  const closed = useClosed(list === 'closed', search)
  const words = useDeferredValue(search)
  const everything = useMemo(() => {
    if (list !== 'closed') return all
    const known = new Map(closed.conversations.map((one) => [one.conversationId, one]))
    for (const one of all.values()) known.set(one.conversationId, one)
    return known
  }, [all, list, closed.conversations])
  const shown = useMemo(() => {
    const local = list === 'closed' ? '' : words
    return listOf(list, everything.values(), userId, local).filter(
      (one) =>
        list !== 'closed' ||
        words === '' ||
        closed.conversations.some((other) => other.conversationId === one.conversationId),
    )
  }, [list, everything, userId, words, closed.conversations])
  const kept = useKept(chosen, everything)
  const opened = useThread(chosen, kept ?? undefined)
  useSeen(kept ?? undefined, userId)
  useConfirmedSends(userId)

  const open = useCallback(
    (conversationId: string) =>
      void navigate({ to: '/workspace/$conversationId', params: { conversationId }, search: true }),
    [navigate],
  )
  const back = useCallback(() => void navigate({ to: '/workspace', search: true }), [navigate])
  useAttention(open, counts.waiting)
  useTitleBadge(counts.unread + counts.waiting)

  const taken = (conversationId: string) => {
    setJustTaken(conversationId)
    setFilters({ list: 'mine' })
  }
  const accepted = (conversationId: string) => {
    setJustTaken(conversationId)
    void navigate({ to: '/workspace/$conversationId', params: { conversationId }, search: {} })
  }
  const elsewhere = [...all.values()].find(
    ({ state, offer, conversationId }) => state === 'queued' && offer?.userId === userId && conversationId !== chosen,
  )
  const commands =
    kept === null ? [] : commandsFor(kept, opened.thread, userId, { transfer: () => setDialog('transfer'), taken })
  const run = (id: string) => commands.find((one) => one.id === id)?.run()
  const step = (by: number) => {
    const at = shown.findIndex((one) => one.conversationId === chosen)
    const next = shown[at < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, at + by))]
    if (next !== undefined) open(next.conversationId)
  }
  const write = (note: boolean) => {
    if (chosen === null) return
    setDraft(userId, chosen, { ...draftOf(userId, chosen), note })
    const focusField = () => document.getElementById('reply')?.focus()
    // At once: whoever types on would lose the first letters. And again, because a command bar that closes takes it back.
    focusField()
    requestAnimationFrame(focusField)
  }
  const takeNext = async () => {
    const next = listOf('queue', all.values(), userId, '').find((one) => isWaitingFor(userId, one))
    if (next === undefined) return
    open(next.conversationId)
    setJustTaken(next.conversationId)
    if (await deeds[next.offer === null ? 'take' : 'accept'](next.conversationId)) taken(next.conversationId)
    else setJustTaken(null)
  }
  const shortcuts: Shortcut[] = [
    { keys: 'mod+k', label: 'Command bar', everywhere: true, notInBar: true, run: openCommandBar },
    { keys: 'j', label: 'Next conversation', run: () => step(1) },
    { keys: 'k', label: 'Previous conversation', run: () => step(-1) },
    { keys: 't', label: 'Take this conversation', notInBar: true, run: () => run('take') },
    { keys: 'a', label: 'Take the next in the queue', run: () => void takeNext() },
    { keys: 'i', label: 'Write a reply', notInBar: chosen === null, run: () => write(false) },
    { keys: 'n', label: 'Write a note', notInBar: chosen === null, run: () => write(true) },
    { keys: 'r', label: 'Transfer', notInBar: true, run: () => run('transfer') },
    // Not while the field is on its way: whoever types on does not mean this.
    { keys: 'e', label: 'Close this conversation', notInBar: true, run: () => justTaken !== chosen && run('close') },
    { keys: 's', label: 'Search', run: () => document.getElementById('search-conversations')?.focus() },
    { keys: '1', label: 'My conversations', run: () => setFilters({ list: 'mine' }) },
    { keys: '2', label: 'Queue', run: () => setFilters({ list: 'queue' }) },
    { keys: '3', label: 'Closed', run: () => setFilters({ list: 'closed' }) },
    { keys: 'd', label: 'Details', run: toggleDetails },
    { keys: 'Escape', label: 'Back to the list', notInBar: true, run: back },
    { keys: '?', label: 'All keys', run: () => setDialog('shortcuts') },
  ]
  useShortcuts(shortcuts)

  return (
    <div className={names.page}>
      <h1 className="visually-hidden">Workspace</h1>
      <LineBanner />
      {elsewhere !== undefined && <OfferLine conversation={elsewhere} userId={userId} named onAccepted={accepted} />}
      <div
        className={names.workspace}
        data-shows={chosen === null ? 'list' : details ? 'details' : 'conversation'}
        data-details={details && kept !== null}
      >
        <div className={names.listSide}>
          <div className={names.top}>
            <PresenceMenu />
            <span className={names.tools}>
              <AttentionMenu />
              <Tooltip label="Keyboard (?)">
                <ActionIcon variant="subtle" color="gray" aria-label="Keyboard" onClick={() => setDialog('shortcuts')}>
                  <IconKeyboard size={18} stroke={1.6} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label="Commands (Ctrl K)">
                <ActionIcon variant="subtle" color="gray" aria-label="Commands" onClick={openCommandBar}>
                  <IconCommand size={18} stroke={1.6} />
                </ActionIcon>
              </Tooltip>
            </span>
          </div>
          <ConversationList
            tabs={tabs}
            list={list}
            onList={(next) => setFilters({ list: next })}
            search={search}
            onSearch={setSearch}
            conversations={shown}
            chosen={chosen}
            userId={userId}
            empty={
              search === ''
                ? emptyWords[list]
                : { title: 'Nothing found', text: 'No conversation of this list has these words.' }
            }
            more={closed.more}
          />
        </div>
        {chosen === null && <NothingChosen />}
        {chosen !== null && kept === null && <Missing error={opened.error} onBack={back} again={opened.again} />}
        {kept !== null && (
          <>
            <ConversationPane
              conversation={kept}
              opened={opened}
              onBack={back}
              onDetails={toggleDetails}
              detailsOpen={details}
              commands={commands}
              onAccepted={accepted}
            />
            <DetailsPane conversation={kept} thread={opened.thread} onClose={toggleDetails} />
          </>
        )}
      </div>
      {dialog === 'transfer' && kept !== null && <TransferDialog conversation={kept} onClose={() => setDialog(null)} />}
      {dialog === 'shortcuts' && <ShortcutsDialog shortcuts={shortcuts} onClose={() => setDialog(null)} />}
      <CommandBar
        commands={commands}
        shortcuts={shortcuts}
        conversations={[...all.values()].filter((one) => one.state !== 'closed')}
      />
    </div>
  )
}

function NothingChosen() {
  return (
    <div className={names.nothing}>
      <EmptyState title="Choose a conversation">
        <kbd>J</kbd> opens the next one, <kbd>A</kbd> takes the one that waits longest, <kbd>?</kbd> shows all keys.
      </EmptyState>
    </div>
  )
}

/** A conversation that is in no list: an older one that a link named, or one that is not this person's to see. */
function Missing({ error, onBack, again }: { error: unknown; onBack(): void; again(): void }) {
  if (error === null) return <ThreadSkeleton />
  if (!isMissing(error)) return <ErrorState error={error} retry={again} />
  return (
    <div className={names.nothing}>
      <EmptyState
        title="This conversation is not here"
        action={
          <button type="button" className={names.link} onClick={onBack}>
            Back to the list
          </button>
        }
      >
        It is another agent’s now, or of a skill that you do not have.
      </EmptyState>
    </div>
  )
}

/** The chosen one as it was last known: one that closes, or that a colleague takes, does not vanish under the eyes. */
function useKept(chosen: string | null, all: ReadonlyMap<string, ConversationView>): ConversationView | null {
  const [kept, setKept] = useState<ConversationView | null>(null)
  const threadOf = useLive(({ state }) => (chosen === null ? undefined : state?.threads.get(chosen)))
  const current = chosen === null ? undefined : (all.get(chosen) ?? threadOf?.conversation)
  useEffect(() => {
    if (current !== undefined) setKept(current)
  }, [current])
  if (current !== undefined) return current
  return kept?.conversationId === chosen && threadOf !== undefined ? kept : null
}

/** What the stream has brought leaves the outbox; what waits goes out when the line is back. */
export function useConfirmedSends(userId: string): void {
  const threads = useLiveState((state) => state.threads)
  const line = useLive((live) => live.line)
  const outbox = useOutbox(userId)
  useEffect(() => {
    const confirmed = outbox.filter(({ conversationId, clientId }) =>
      threads.get(conversationId)?.messages.some((one) => one.clientId === clientId),
    )
    if (confirmed.length > 0) drop(confirmed.map((one) => one.clientId))
  }, [threads, outbox])
  useEffect(() => {
    if (line === 'live') void sendWaiting()
  }, [line])
}

function countsOf(all: Iterable<ConversationView>, userId: string) {
  const counts = { mine: 0, queue: 0, open: 0, unread: 0, waiting: 0 }
  for (const one of all) {
    if (one.state === 'closed') continue
    counts.open += 1
    if (one.state === 'queued') counts.queue += 1
    if (isWaitingFor(userId, one)) counts.waiting += 1
    if (one.owner?.userId !== userId) continue
    counts.mine += 1
    if (one.unread > 0) counts.unread += 1
  }
  return counts
}
