import { IconArrowLeft } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import names from './admin.module.css'

/** From one thing back to the list it is in. */
export function BackLink({ to, children }: { to: string; children: string }) {
  return (
    <Link to={to} className={names.back}>
      <IconArrowLeft size={16} stroke={1.6} aria-hidden />
      {children}
    </Link>
  )
}
