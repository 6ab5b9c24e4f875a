import { PhoneDevice } from './phone-device.tsx'
import names from './try.module.css'

/** The pretend phone and nothing else: for a second window, or a real phone in the hand. Sandbox only. */
export function PhonePage() {
  return (
    <div className={names.phonePage}>
      <h1 className="visually-hidden">Phone</h1>
      <PhoneDevice />
    </div>
  )
}
