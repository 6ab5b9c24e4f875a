import { Button, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { ConversationView } from '../live/shapes.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import names from './conversation-list.module.css'
import { ConversationRow } from './conversation-row.tsx'
import type { ListName } from './lists.ts'

const rowPx = 76

export interface ListTab {
  readonly name: ListName
  readonly label: string
  readonly count: number | null
}

/** The lists, one at a time: only the rows in sight exist, however many conversations are open. */
export function ConversationList({
  tabs,
  list,
  onList,
  search,
  onSearch,
  conversations,
  chosen,
  userId,
  empty,
  more,
}: {
  tabs: readonly ListTab[]
  list: ListName
  onList(list: ListName): void
  search: string
  onSearch(search: string): void
  conversations: readonly ConversationView[]
  chosen: string | null
  userId: string
  empty: { title: string; text: string }
  more: { load(): void; loading: boolean } | null
}) {
  const box = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: conversations.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    getItemKey: (place) => conversations[place]!.conversationId,
    overscan: 8,
  })
  const place = conversations.findIndex((one) => one.conversationId === chosen)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another one is chosen, not whenever the order changes
  useEffect(() => {
    if (place >= 0) rows.scrollToIndex(place, { align: 'auto' })
  }, [chosen])
  const arrows = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const at = conversations.findIndex(
      (one) => one.conversationId === (document.activeElement as HTMLElement | null)?.dataset.row,
    )
    const next = Math.max(0, Math.min(conversations.length - 1, at + step))
    rows.scrollToIndex(next, { align: 'auto' })
    const id = conversations[next]?.conversationId
    const row = () => box.current?.querySelector<HTMLElement>(`[data-row="${id}"]`)
    // One that was out of sight exists only with the next frame.
    if (row() === null) requestAnimationFrame(() => row()?.focus())
    else row()?.focus()
  }
  return (
    <section className={names.pane} aria-label="Conversations">
      <div className={names.tabs} role="tablist" aria-label="Lists">
        {tabs.map(({ name, label, count }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`list-${name}`}
            aria-selected={name === list}
            aria-controls="conversations"
            className={names.tab}
            onClick={() => onList(name)}
          >
            {label}
            {count !== null && <span className={names.count}>{count}</span>}
          </button>
        ))}
      </div>
      <TextInput
        id="search-conversations"
        className={names.search!}
        size="sm"
        type="search"
        placeholder="Search"
        aria-label="Search conversations"
        leftSection={<IconSearch size={16} stroke={1.6} />}
        value={search}
        onChange={(event) => onSearch(event.currentTarget.value)}
      />
      <div
        ref={box}
        id="conversations"
        role="tabpanel"
        aria-labelledby={`list-${list}`}
        className={names.rows}
        onKeyDown={arrows}
      >
        {conversations.length === 0 && more?.loading !== true && (
          <EmptyState title={empty.title}>{empty.text}</EmptyState>
        )}
        <ul style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const conversation = conversations[row.index]!
            return (
              <li
                key={row.key}
                style={{ transform: `translateY(${row.start}px)`, height: rowPx }}
                aria-setsize={conversations.length}
                aria-posinset={row.index + 1}
              >
                <ConversationRow
                  conversation={conversation}
                  chosen={conversation.conversationId === chosen}
                  userId={userId}
                  focusable={place === row.index || (place < 0 && row.index === 0)}
                />
              </li>
            )
          })}
        </ul>
        {more !== null && (
          <Button variant="subtle" fullWidth size="compact-sm" loading={more.loading} onClick={more.load}>
            Older ones
          </Button>
        )}
      </div>
    </section>
  )
}
