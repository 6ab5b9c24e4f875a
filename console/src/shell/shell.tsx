import { ActionIcon, Drawer } from '@mantine/core'
import { IconMenu2 } from '@tabler/icons-react'
import { Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { SessionContext, useSessionQuery } from '../session.ts'
import { ErrorState } from '../ui/error-state.tsx'
import { PageSkeleton } from '../ui/page-skeleton.tsx'
import { AccountMenu } from './account-menu.tsx'
import { HealthStrip } from './health-strip.tsx'
import iconUrl from './icon.svg'
import { Navigation } from './navigation.tsx'
import names from './shell.module.css'
import { SignInPage } from './sign-in-page.tsx'

/** Around every page: the navigation, and the door that asks who one is. The address stays, so that signing in leads there. */
export function Shell() {
  const session = useSessionQuery()
  if (session.data === undefined) {
    if (session.error === null) return <PageSkeleton />
    return <ErrorState error={session.error} retry={() => void session.refetch()} />
  }
  if (session.data === null) return <SignInPage />
  return (
    <SessionContext value={session.data}>
      <Frame title={session.data.accountTitle} />
    </SessionContext>
  )
}

function Frame({ title }: { title: string }) {
  const [open, setOpen] = useState(false)
  const main = useRef<HTMLElement>(null)
  useFocusOnNewPage(main)
  const inside = (
    <>
      <Navigation onGo={() => setOpen(false)} />
      <AccountMenu />
    </>
  )
  return (
    <div className={names.shell}>
      <a href="#page" className={names.skip}>
        Skip to the page
      </a>
      <div className={names.side}>
        {/* No header: the dialogs bring one of their own, and a page has one banner (axe). */}
        <section className={names.brand} aria-label="Brand">
          <ActionIcon
            className={names.burger!}
            variant="subtle"
            color="gray"
            aria-label="Open the navigation"
            aria-expanded={open}
            onClick={() => setOpen(true)}
          >
            <IconMenu2 size={20} stroke={1.6} />
          </ActionIcon>
          <img src={iconUrl} alt="" width={24} height={24} />
          <span className={names.account}>{title}</span>
        </section>
        <div className={names.wide}>{inside}</div>
      </div>
      <Drawer opened={open} onClose={() => setOpen(false)} title={title} size={280} padding="sm">
        <div className={names.drawer}>{inside}</div>
      </Drawer>
      <div className={names.content}>
        <HealthStrip />
        <main id="page" ref={main} tabIndex={-1} className={names.page}>
          <Outlet />
        </main>
      </div>
    </div>
  )
}

/** A new page begins where the keyboard is: after going to one, the next Tab is in it. Not at the first load. */
function useFocusOnNewPage(main: React.RefObject<HTMLElement | null>): void {
  const group = useLocation().pathname.split('/')[1]
  const before = useRef(group)
  useEffect(() => {
    if (before.current === group) return
    before.current = group
    main.current?.focus({ preventScroll: true })
  }, [group, main])
}
