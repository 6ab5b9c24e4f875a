import { Time } from '../../ui/time.tsx'
import names from './audit.module.css'
import { actionWords, changesOf, type Entry, titleOf } from './audit-words.ts'

/** Changes, the newest first; each opens to what it was and what it became. */
export function AuditList({ entries, nameOf }: { entries: readonly Entry[]; nameOf(actor: string): string }) {
  return (
    <ol className={names.list} aria-label="Changes, the newest first">
      {entries.map((entry) => (
        <li key={entry.auditId}>
          <details>
            <summary>
              <span className={names.what}>
                <strong>{actionWords(entry.action)}</strong> <bdi>{titleOf(entry) ?? ''}</bdi>
              </span>
              <span className={names.who}>{nameOf(entry.actor)}</span>
              <span className={names.when}>
                <Time at={entry.at} />
              </span>
            </summary>
            <Detail entry={entry} />
          </details>
        </li>
      ))}
    </ol>
  )
}

function Detail({ entry }: { entry: Entry }) {
  const changes = changesOf(entry)
  if (changes.length === 0) return <p className={names.same}>Nothing that is shown has changed.</p>
  return (
    <table className={names.changes}>
      <thead>
        <tr>
          <th>Field</th>
          <th>Before</th>
          <th>After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, before, after }) => (
          <tr key={field}>
            <td>{field}</td>
            <td>{before ?? '–'}</td>
            <td>{after ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
