import { Tooltip } from '@mantine/core'
import { useDeferredValue, useMemo } from 'react'
import names from './composer.module.css'
import { segmentsOf } from './segments.ts'

/** What the reply costs as SMS, while it is written. */
export function SegmentCounter({ text }: { text: string }) {
  const written = useDeferredValue(text)
  const { count, left, alphabet, costly } = useMemo(() => segmentsOf(written), [written])
  const why =
    alphabet === 'GSM-7'
      ? 'Plain characters: 160 in one text message, 153 in each of several.'
      : `${costly.join(' ')} needs the wide alphabet: 70 in one text message, 67 in each of several.`
  return (
    <Tooltip label={why} multiline maw={280}>
      <span className={names.counter} data-many={count > 3}>
        {left}/{count} {count === 1 ? 'segment' : 'segments'}
        {alphabet === 'UCS-2' && ' · wide'}
      </span>
    </Tooltip>
  )
}
