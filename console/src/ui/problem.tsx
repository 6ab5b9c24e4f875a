import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ApiFailure, Unreachable } from '../api.ts'
import { CopyButton } from './copy-button.tsx'
import names from './ui.module.css'

/** A refusal in its place, beside what was asked: what happened, why, and the request id to quote. */
export function Problem({ error, title }: { error: unknown; title?: string }) {
  const { sentence, details, requestId } = problemIn(error)
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} stroke={1.6} />}
      title={title}
      className={names.problem!}
    >
      <div>{sentence}</div>
      {details.length > 0 && (
        <ul className={names.details}>
          {details.map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      )}
      {requestId !== null && (
        <div className={names.requestId}>
          Request {requestId}
          <CopyButton value={requestId} label="Copy the request id" />
        </div>
      )}
    </Alert>
  )
}

/** What a person may read of any error. */
export function problemIn(error: unknown): {
  sentence: string
  details: readonly string[]
  requestId: string | null
} {
  if (error instanceof ApiFailure) {
    const { message, details, requestId, status } = error
    // An id helps who has to look into it; whoever only mistyped something needs none.
    return {
      sentence: message,
      details,
      requestId: status >= 500 || status === 404 || status === 409 ? requestId : null,
    }
  }
  if (error instanceof Unreachable) return { sentence: error.message, details: [], requestId: null }
  return { sentence: 'This page has a fault of its own.', details: [messageOf(error)], requestId: null }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
