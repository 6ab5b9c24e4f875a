import { Kbd, Modal } from '@mantine/core'
import type { Shortcut } from './use-shortcuts.ts'
import names from './workspace-page.module.css'

const mac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

/** All keys of the workspace. */
export function ShortcutsDialog({ shortcuts, onClose }: { shortcuts: readonly Shortcut[]; onClose(): void }) {
  return (
    <Modal opened onClose={onClose} title="Keyboard">
      <dl className={names.shortcuts}>
        {shortcuts.map(({ keys, label }) => (
          <div key={keys}>
            <dt>{label}</dt>
            <dd>
              {keys.split('+').map((key) => (
                <Kbd key={key}>{wordOf(key)}</Kbd>
              ))}
            </dd>
          </div>
        ))}
        {fixed.map(([label, ...keys]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}

const fixed = [
  ['Send', 'Enter'],
  ['New line', 'Shift', 'Enter'],
  ['Canned reply', '/'],
  ['Between rows of the list', '↑', '↓'],
] as const

function wordOf(key: string): string {
  if (key === 'mod') return mac ? '⌘' : 'Ctrl'
  return key === 'Escape' ? 'Esc' : key.toUpperCase()
}
