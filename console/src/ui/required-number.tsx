import { NumberInput, type NumberInputProps } from '@mantine/core'
import { useRef, useState } from 'react'

/**
 * A whole number that must be there. While it is typed anew the field may be empty; what counts is then the number that
 * stood there before, and it comes back when the field is left.
 */
export function RequiredNumber({
  value,
  onChange,
  ...rest
}: Omit<NumberInputProps, 'value' | 'onChange' | 'onFocus' | 'onBlur' | 'allowDecimal'> & {
  value: number
  onChange(value: number): void
}) {
  /** What was typed and is no number yet: nothing, or a minus. */
  const [unfinished, setUnfinished] = useState<string | null>(null)
  const before = useRef(value)
  return (
    <NumberInput
      {...rest}
      allowDecimal={false}
      value={unfinished ?? value}
      onFocus={() => {
        before.current = value
      }}
      onBlur={() => setUnfinished(null)}
      onChange={(typed) => {
        const given = typed !== '' && Number.isSafeInteger(Number(typed))
        setUnfinished(given ? null : String(typed))
        onChange(given ? Number(typed) : before.current)
      }}
    />
  )
}
