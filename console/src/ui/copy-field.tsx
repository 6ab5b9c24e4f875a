import { CopyButton } from './copy-button.tsx'
import names from './ui.module.css'

/** A value to carry elsewhere (an address, a key, a command): shown whole, selected with one click, copied with one. */
export function CopyField({ label, value, multiline = false }: { label: string; value: string; multiline?: boolean }) {
  return (
    <div className={names.copyField}>
      <div className={names.copyLabel}>{label}</div>
      <div className={names.copyValue}>
        {multiline ? <pre>{value}</pre> : <code>{value}</code>}
        <CopyButton value={value} label={`Copy ${label.toLowerCase()}`} />
      </div>
    </div>
  )
}
