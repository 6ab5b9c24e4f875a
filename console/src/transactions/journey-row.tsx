import { ExchangeView } from './exchange-view.tsx'
import type { JourneyRow as Row } from './journey.ts'
import { StepRow } from './step-row.tsx'
import { stepWords } from './step-words.ts'

/** A step of the journey, or what was said to the provider, which can be opened. */
export function JourneyRow({ row }: { row: Row }) {
  if (row.kind === 'step') {
    const { words, more, tone } = stepWords(row.step)
    return <StepRow at={row.at} tone={tone} words={words} more={more} />
  }
  const { direction, method, url, requestBody, status, answerBody, failure, durationMs } = row.exchange
  const wrong = failure !== null || (status !== null && status >= 400)
  return (
    <StepRow
      at={row.at}
      tone={wrong ? 'bad' : 'plain'}
      wire
      words={direction === 'out' ? 'Asked the provider' : 'Heard from the provider'}
      more={failure ?? ''}
      numbers={`${status ?? 'no answer'} · ${durationMs} ms`}
    >
      <ExchangeView method={method} url={url} request={requestBody} status={status} answer={answerBody} />
    </StepRow>
  )
}
