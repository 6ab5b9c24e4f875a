import { ActionIcon, Skeleton, Tooltip } from '@mantine/core'
import { IconBackspace, IconPhone, IconPhoneOff, IconVolume, IconVolumeOff } from '@tabler/icons-react'
import { type KeyboardEvent, useState } from 'react'
import { duration } from '../ui/duration.ts'
import { formatPhone } from '../ui/format-phone.ts'
import { Problem } from '../ui/problem.tsx'
import { useNow } from '../ui/use-now.ts'
import { dial, hangUp, offeredChannel, press, useCall } from './call-store.ts'
import names from './phone.module.css'
import type { Line } from './shapes.ts'
import { canSpeak, setSound, soundIsOn } from './speech.ts'

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const
const letters: Readonly<Record<string, string>> = {
  ...{ '2': 'ABC', '3': 'DEF', '4': 'GHI', '5': 'JKL', '6': 'MNO', '7': 'PQRS', '8': 'TUV', '9': 'WXYZ', '0': '+' },
}

/** The keypad: to dial with, and to answer the menu with. */
export function CallScreen({ lines, brand, error }: { lines: readonly Line[] | null; brand: string; error: unknown }) {
  const call = useCall()
  const [typed, setTyped] = useState('')
  const inCall = call.phase !== 'idle' && call.phase !== 'ended'
  const dialNow = (digits: string) => {
    setTyped('')
    void dial(digits, lines ?? [], brand)
  }
  const key = (digit: string) => {
    if (inCall) void press(digit)
    else setTyped((before) => (before.length < 16 ? before + digit : before))
  }
  const keyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (/^[0-9*#]$/.test(event.key)) key(event.key)
    else if (event.key === 'Backspace' && !inCall) setTyped((before) => before.slice(0, -1))
    else if (event.key === 'Enter' && typed !== '' && !inCall) dialNow(typed)
    else return
    event.preventDefault()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: digits of the keyboard reach the keypad from any of its buttons
    <div className={names.screen} onKeyDown={keyDown}>
      {call.phase === 'idle' ? (
        <Contacts lines={lines} error={error} onCall={dialNow} />
      ) : (
        <Conversation brand={brand} />
      )}
      {!inCall && (
        <div className={names.display}>
          <output aria-label="Number to dial">{typed === '' ? '' : shown(typed)}</output>
          {typed !== '' && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Delete the last digit"
              onClick={() => setTyped((before) => before.slice(0, -1))}
            >
              <IconBackspace size={20} stroke={1.6} />
            </ActionIcon>
          )}
        </div>
      )}
      <fieldset className={names.keys}>
        <legend className="visually-hidden">Keypad</legend>
        {keys.map((digit) => (
          <button
            key={digit}
            type="button"
            data-offered={digit === '1' && inCall && offeredChannel(call) !== null}
            onClick={() => key(digit)}
          >
            {digit} <small>{letters[digit] ?? '\u00a0'}</small>
          </button>
        ))}
      </fieldset>
      <div className={names.callBar}>
        {inCall ? (
          <button type="button" className={names.hangUp} onClick={() => hangUp()}>
            <IconPhoneOff size={20} stroke={1.8} aria-hidden /> Hang up
          </button>
        ) : (
          <button type="button" className={names.callButton} disabled={typed === ''} onClick={() => dialNow(typed)}>
            <IconPhone size={20} stroke={1.8} aria-hidden /> Call
          </button>
        )}
      </div>
    </div>
  )
}

function Contacts({
  lines,
  error,
  onCall,
}: {
  lines: readonly Line[] | null
  error: unknown
  onCall: (number: string) => void
}) {
  if (error !== null) return <Problem error={error} />
  if (lines === null) return <Skeleton height={152} className={names.contacts!} />
  return (
    <div className={names.contacts}>
      <h2>Numbers to call</h2>
      {lines.length === 0 && <p className={names.faint}>No handoff of this brand has pretend senders only.</p>}
      <ul>
        {lines.map(({ number, title }) => (
          <li key={number} className={names.contact}>
            <button type="button" onClick={() => onCall(number)}>
              <span>
                <strong>{title}</strong>
                <span>{formatPhone(number)}</span>
              </span>
              <IconPhone size={18} stroke={1.6} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Conversation({ brand }: { brand: string }) {
  const { line, dialled, phase, says, startedAt, invitedBy } = useCall()
  const now = useNow(1_000)
  const [sound, setOn] = useState(soundIsOn)
  const ended = phase === 'ended'
  return (
    <div className={names.conversation}>
      <div className={names.callee}>
        <div>
          <h2>{line === null ? 'Unknown number' : brand}</h2>
          <div className={names.faint}>
            {formatPhone(dialled)} ·{' '}
            {ended ? 'call ended' : phase === 'connecting' ? 'calling' : duration(now - startedAt)}
          </div>
        </div>
        {canSpeak && (
          <Tooltip label={sound ? 'Read only' : 'Hear the menu'}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Hear the menu"
              aria-pressed={sound}
              onClick={() => {
                setSound(!sound)
                setOn(!sound)
              }}
            >
              {sound ? <IconVolume size={18} stroke={1.6} /> : <IconVolumeOff size={18} stroke={1.6} />}
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      <p className={names.says} aria-live="polite">
        {says === '' ? 'Ringing' : `“${says}”`}
      </p>
      {ended && invitedBy !== null && <p className={names.faint}>The answer is in the messages below.</p>}
    </div>
  )
}

const shown = (digits: string) => formatPhone(digits.length === 11 && digits.startsWith('1') ? `+${digits}` : digits)
