import { Button } from '@mantine/core'
import { IconAlertTriangle, IconClock, IconNote, IconWifiOff } from '@tabler/icons-react'
import { draftOf, setDraft } from './drafts.ts'
import { sendAgain } from './outbox.ts'
import { drop, type Outgoing } from './outbox-store.ts'
import { SafeText } from './safe-text.tsx'
import names from './thread.module.css'

/** A reply or note that the server has not confirmed yet, where it will stand. */
export function OutgoingRow({ outgoing }: { outgoing: Outgoing }) {
  const { clientId, userId, conversationId, kind, text, files, state, reason } = outgoing
  const edit = () => {
    const before = draftOf(userId, conversationId)
    setDraft(userId, conversationId, {
      text: [text, before.text].filter((one) => one !== '').join('\n'),
      note: kind === 'note',
    })
    drop([clientId])
  }
  return (
    <li className={names.row} data-side={kind === 'note' ? 'note' : 'out'} data-state={state}>
      <div className={names.bubble}>
        {kind === 'note' && (
          <div className={names.label}>
            <IconNote size={14} stroke={1.6} aria-hidden /> Private note
          </div>
        )}
        {files.map((file) => (
          <div key={file.fileId} className={names.file}>
            {file.name}
          </div>
        ))}
        {text !== '' && <SafeText text={text} />}
      </div>
      {state === 'sending' && (
        <div className={names.meta}>
          <span className={names.delivery}>
            <IconClock size={14} stroke={1.6} aria-hidden /> sending
          </span>
        </div>
      )}
      {state === 'waiting' && (
        <div className={names.meta}>
          <span className={names.delivery}>
            {reason === null ? (
              <>
                <IconWifiOff size={14} stroke={1.6} aria-hidden /> waits for the connection
              </>
            ) : (
              <>
                <IconClock size={14} stroke={1.6} aria-hidden /> waits, and is sent again: {reason}
              </>
            )}
          </span>
        </div>
      )}
      {state === 'refused' && (
        <div className={names.failure} role="alert">
          <IconAlertTriangle size={14} stroke={1.6} aria-hidden />
          <span>Not sent. {reason}</span>
          <Button size="compact-xs" variant="default" onClick={() => sendAgain(clientId)}>
            Try again
          </Button>
          <Button size="compact-xs" variant="default" onClick={edit}>
            Edit
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => drop([clientId])}>
            Discard
          </Button>
        </div>
      )}
    </li>
  )
}
