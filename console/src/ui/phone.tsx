import { formatPhone } from './format-phone.ts'
import names from './ui.module.css'

/** A number as people write it internationally; what is no number (a masked one, an app's user) stays as it is. */
export function Phone({ number }: { number: string }) {
  return <span className={names.phone}>{formatPhone(number)}</span>
}
