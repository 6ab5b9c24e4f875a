import type { ReactNode } from 'react'
import names from './ui.module.css'

/** A page of administration: its margins and its width; `wide` for tables with many columns. */
export function PageBody({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  return <div className={wide ? `${names.container} ${names.wide}` : names.container}>{children}</div>
}
