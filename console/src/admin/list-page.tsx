import type { ReactNode } from 'react'
import { PageBody } from '../ui/page-body.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { List, type ListOf } from './list.tsx'

/** A page that is one list: its head with the button for a new one, the list, and the dialogs that it opens. */
export function ListPage<Row>({
  title,
  purpose,
  deeds,
  children,
  ...list
}: ListOf<Row> & {
  title: string
  purpose: string
  /** Buttons before the one for a new one. */
  deeds?: ReactNode
  children?: ReactNode
}) {
  const action = (
    <>
      {deeds}
      {list.add}
    </>
  )
  return (
    <PageBody>
      <PageHeader title={title} purpose={purpose} action={action} />
      <List {...list} />
      {children}
    </PageBody>
  )
}
