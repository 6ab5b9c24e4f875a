import { Button, CloseButton, Paper } from '@mantine/core'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { useEffect, useSyncExternalStore } from 'react'
import names from './ui.module.css'

export interface Toast {
  readonly text: string
  readonly kind?: 'done' | 'error'
  /** How long it stays; without it, as long as reading takes. */
  readonly ms?: number
  /** What can still be done about it, like undoing. */
  readonly action?: { readonly label: string; run(): void }
}

type Shown = Toast & { readonly id: number }

let shown: readonly Shown[] = []
let last = 0
const watchers = new Set<() => void>()

/** Says something at the edge of the page for some seconds; an error, or what can be undone, a little longer. */
export function toast(given: Toast): void {
  last += 1
  change([...shown.slice(-2), { ...given, id: last }])
}

function change(next: readonly Shown[]): void {
  shown = next
  for (const watcher of watchers) watcher()
}

const remove = (id: number) => change(shown.filter((one) => one.id !== id))

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/** Where toasts appear; once on the page. */
export function ToastHost() {
  const all = useSyncExternalStore(watch, () => shown)
  return (
    <section aria-live="polite" aria-label="Notices" className={names.toasts}>
      {all.map((one) => (
        <OneToast key={one.id} shown={one} />
      ))}
    </section>
  )
}

function OneToast({ shown: { id, text, kind = 'done', action, ms } }: { shown: Shown }) {
  useEffect(() => {
    const timer = setTimeout(() => remove(id), ms ?? (kind === 'error' || action !== undefined ? 10_000 : 4_000))
    return () => clearTimeout(timer)
  }, [id, kind, action, ms])
  return (
    <Paper withBorder shadow="sm" className={names.toast!}>
      {kind === 'error' ? (
        <IconAlertTriangle size={18} stroke={1.6} color="var(--mantine-color-error)" aria-label="Problem" />
      ) : (
        <IconCheck size={18} stroke={1.6} color="var(--accent-text)" aria-hidden />
      )}
      <span className={names.toastText}>{text}</span>
      {action !== undefined && (
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => {
            remove(id)
            action.run()
          }}
        >
          {action.label}
        </Button>
      )}
      <CloseButton size="sm" aria-label="Dismiss" onClick={() => remove(id)} />
    </Paper>
  )
}
