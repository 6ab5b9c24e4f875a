import { useEffect, useRef } from 'react'

export interface Shortcut {
  /** One key as `event.key` names it; letters in lower case; `mod+k` with Ctrl or Cmd. */
  readonly keys: string
  readonly label: string
  /** Works while one writes as well. */
  readonly everywhere?: boolean
  run(): void
}

/**
 * Keys for the whole page. Single letters are not taken from fields where one writes, nor while a dialog is open; the
 * browser's and the screen reader's own combinations stay theirs.
 */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const current = useRef(shortcuts)
  current.current = shortcuts
  useEffect(() => {
    const heard = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.altKey) return
      const writing = isWriting(event.target)
      const pressed = `${event.ctrlKey || event.metaKey ? 'mod+' : ''}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`
      const shortcut = current.current.find((one) => one.keys === pressed && (one.everywhere === true || !writing))
      if (shortcut === undefined) return
      if (document.querySelector('[role="dialog"]') !== null && shortcut.everywhere !== true) return
      event.preventDefault()
      shortcut.run()
    }
    window.addEventListener('keydown', heard)
    return () => window.removeEventListener('keydown', heard)
  }, [])
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest('[role="listbox"], [role="menu"]') !== null) return true
  if (target instanceof HTMLInputElement) return !['button', 'checkbox', 'radio', 'submit'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}
