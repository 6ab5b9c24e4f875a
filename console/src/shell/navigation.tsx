import { Link, useLocation } from '@tanstack/react-router'
import { mayOpen, pageGroups, pages } from '../pages.ts'
import { useSession } from '../session.ts'
import names from './shell.module.css'

/** The pages of this person, in their groups. A group of which nothing is open is not named. */
export function Navigation({ onGo }: { onGo: () => void }) {
  const session = useSession()
  const { pathname } = useLocation()
  const groups = Object.entries(pageGroups).map(([group, heading]) => ({
    heading,
    entries: Object.entries(pages).flatMap(([path, page]) =>
      page.entry?.group === group && mayOpen(session, page) ? [{ path, ...page.entry }] : [],
    ),
  }))
  return (
    <nav aria-label="Pages" className={names.navigation}>
      {groups
        .filter(({ entries }) => entries.length > 0)
        .map(({ heading, entries }) => (
          <div key={heading ?? ''} className={names.group}>
            {heading !== null && <div className={names.heading}>{heading}</div>}
            <ul>
              {entries.map(({ path, label, icon: Icon }) => (
                <li key={path}>
                  <Link
                    to={path}
                    onClick={onGo}
                    className={names.entry}
                    aria-current={pathname === path || pathname.startsWith(`${path}/`) ? 'page' : undefined}
                  >
                    <Icon size={18} stroke={1.6} />
                    <span>{label}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
    </nav>
  )
}
