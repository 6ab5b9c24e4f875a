import { useEffect, useRef } from 'react'

export interface Shortcut {
  /** One key as `event.key` names it; letters in lower case; `mod+k` with Ctrl or Cmd. */
  readonly keys: string
  readonly label: string
  /** Works while one writes as well. */
  readonly everywhere?: boolean
  /** The command bar has it by another way, or it would do nothing just now. */
  readonly notInBar?: boolean
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
    // Before a dialog hears it: the Escape that closes one is not to be taken for another one as well.
    window.addEventListener('keydown', heard, { capture: true })
    return () => window.removeEventListener('keydown', heard, { capture: true })
  }, [])
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest('[role="listbox"], [role="menu"]') !== null) return true
  if (target instanceof HTMLInputElement) return !['button', 'checkbox', 'radio', 'submit'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}
