import { formatPhone } from './format-phone.ts'
import names from './ui.module.css'

/**
 * A number as people write it internationally; what is no number (a masked one, an app's user) stays as it is. Whoever was
 * erased has none.
 */
export function Phone({ number }: { number: string }) {
  return <span className={names.phone}>{isErased(number) ? 'an erased person' : formatPhone(number)}</span>
}

const isErased = (address: string) => /^(erased:[\w-]{43}|(\+[0-9]* )?erased-[\w-]{12})$/.test(address)
