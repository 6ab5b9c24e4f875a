import type { ReactNode } from 'react'
import names from './ui.module.css'

/** The head of a page: its title, one line saying what it is for, the main action on the right. */
export function PageHeader({
  title,
  purpose,
  action,
  back,
}: {
  title: ReactNode
  purpose: ReactNode
  action?: ReactNode
  back?: ReactNode
}) {
  return (
    <header className={names.header}>
      <div>
        {back}
        <h1>{title}</h1>
        <p>{purpose}</p>
      </div>
      {action !== undefined && <div className={names.headerAction}>{action}</div>}
    </header>
  )
}
