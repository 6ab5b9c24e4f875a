import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import names from './set-up.module.css'

/** One step: what it is about, whether it is done, and its form when it is open. */
export function Step({
  number,
  title,
  about,
  done,
  open,
  onToggle,
  children,
}: {
  number: number
  title: string
  about: string
  done: boolean
  open: boolean
  onToggle(): void
  children: ReactNode
}) {
  const id = useId()
  return (
    <li className={names.step}>
      <h2>
        <button type="button" aria-expanded={open} aria-controls={id} onClick={onToggle}>
          <span className={done ? names.ticked : names.number}>
            {done ? <IconCheck size={16} stroke={2} aria-label="Done" role="img" /> : number}
          </span>
          <span className={names.words}>
            <span className={names.title}>{title}</span>
            <span className={names.about}>{about}</span>
          </span>
          <IconChevronDown size={18} stroke={1.6} aria-hidden className={open ? names.up : undefined} />
        </button>
      </h2>
      <div id={id} className={names.inside} hidden={!open}>
        {open && children}
      </div>
    </li>
  )
}
