import { type ReactNode, useId } from 'react'
import names from './admin.module.css'

/** A part of a form: what it is about on the left, its fields on the right; one below the other where there is no room. */
export function Section({ title, about, children }: { title: string; about?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <section className={names.section} aria-labelledby={id}>
      <div className={names.sectionHead}>
        <h2 id={id}>{title}</h2>
        {about !== undefined && <p>{about}</p>}
      </div>
      <div className={names.fields}>{children}</div>
    </section>
  )
}
