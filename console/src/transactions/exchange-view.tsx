import { CopyCurl } from './copy-curl.tsx'
import names from './transactions.module.css'

/** A request and its answer, as they were; JSON is set out so that it can be read. */
export function ExchangeView({
  method,
  url,
  request,
  status,
  answer,
  curl,
}: {
  method: string
  url: string
  request: unknown
  status: number | null
  answer: unknown
  /** To do the same from a terminal; none for what was redacted. */
  curl?: string
}) {
  return (
    <div className={names.exchange}>
      <div className={names.line}>
        <code>
          {method} {url}
        </code>
        {curl !== undefined && <CopyCurl curl={curl} />}
      </div>
      <Body label="Request" body={request} />
      <Body label={status === null ? 'No answer' : `Answer ${status}`} body={answer} />
    </div>
  )
}

function Body({ label, body }: { label: string; body: unknown }) {
  const text = textOf(body)
  return (
    <div>
      <div className={names.bodyLabel}>{label}</div>
      {text !== '' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable to be scrolled by keys
        <section className={names.body} tabIndex={0} aria-label={label}>
          <pre>{text}</pre>
        </section>
      )}
    </div>
  )
}

function textOf(body: unknown): string {
  if (body === null || body === undefined) return ''
  if (typeof body !== 'string') return JSON.stringify(body, null, 2)
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
