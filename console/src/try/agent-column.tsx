import { Anchor, Button, Skeleton } from '@mantine/core'
import { IconArrowRight, IconWifiOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ConversationView } from '../live/shapes.ts'
import { useLive, useLiveState } from '../live/use-live.ts'
import { useMay, useSession } from '../session.ts'
import { duration } from '../ui/duration.ts'
import { ErrorState } from '../ui/error-state.tsx'
import { useNow } from '../ui/use-now.ts'
import { closeSoon, useConversations } from '../workspace/closings.ts'
import { Composer } from '../workspace/composer.tsx'
import { deeds } from '../workspace/deeds.ts'
import { setJustTaken } from '../workspace/just-taken.ts'
import { channelWords, isWaitingFor, listOf, nameOf } from '../workspace/lists.ts'
import { useOutbox } from '../workspace/outbox.ts'
import { Thread, ThreadSkeleton } from '../workspace/thread.tsx'
import { useSeen, useThread } from '../workspace/use-thread.ts'
import { useConfirmedSends } from '../workspace/workspace.tsx'
import { useCall } from './call-store.ts'
import names from './try.module.css'
import { useConsumerId } from './use-network.ts'

/** More are in the workspace; here it is about one caller. */
const mostWaiting = 4

/** The other side: who waits, and the caller's conversation once it was taken. The workspace's own parts, made narrow. */
export function AgentColumn() {
  const may = useMay()
  const ready = useLive(({ state }) => state !== null)
  const failure = useLive((live) => live.failure)
  const offline = useLive(({ line }) => line === 'offline')
  const allowed = may('workspace.read')
  return (
    <section className={names.column} aria-labelledby="agent">
      <div className={names.columnHead}>
        <h2 id="agent">Agent</h2>
        {offline && (
          <span className={names.offline} role="status">
            <IconWifiOff size={14} stroke={1.6} aria-hidden /> offline
          </span>
        )}
        {allowed && (
          <Anchor component={Link} to="/workspace" size="sm" className={names.onwards!}>
            Open the workspace <IconArrowRight size={14} stroke={1.6} aria-hidden />
          </Anchor>
        )}
      </div>
      {!allowed ? (
        <p className={names.nothingYet}>
          Your role answers nobody. Sign in as the agent of the sandbox in another window to see this side.
        </p>
      ) : failure !== null ? (
        <ErrorState error={failure} retry={() => location.reload()} />
      ) : ready ? (
        <Desk />
      ) : (
        <div className={names.scrolls} aria-busy="true">
          <Skeleton height={16} width={120} mb={12} />
          <Skeleton height={92} />
        </div>
      )}
    </section>
  )
}

function Desk() {
  const { userId } = useSession()
  const { phone } = useCall()
  const consumerId = useConsumerId(phone)
  const conversations = useConversations()
  const skills = useLiveState((state) => state.skills)
  const [opened, setOpened] = useState<string | null>(null)
  useConfirmedSends(userId)

  const isCaller = ({ consumer }: ConversationView) =>
    consumer.address === phone || consumer.phone === phone || consumer.address === consumerId
  const queue = listOf('queue', conversations.values(), userId, '')
  // The caller on the phone beside this is who it is about, however long others wait.
  const mine = listOf('mine', conversations.values(), userId, '').filter(isCaller)
  const chosen =
    mine.find(({ conversationId }) => conversationId === opened) ??
    mine[0] ??
    [...conversations.values()].find((one) => one.conversationId === opened && one.state === 'closed')
  const others = queue.filter((one) => !isCaller(one))
  const waiting = [...queue.filter(isCaller), ...(chosen === undefined ? others : [])]
  const more = Math.max(0, queue.length - Math.min(waiting.length, mostWaiting))
  const inQueue = (name: string) => queue.filter(({ skill }) => skill.name === name).length
  const named = [...skills.values()].filter(({ name }) => inQueue(name) > 0 || name === 'support')

  return (
    <>
      <div className={names.queues}>
        Queue: {named.map(({ name }) => `${name} (${inQueue(name)})`).join(', ') || 'no skill is yours'}
      </div>
      {waiting.length > 0 && (
        <ul className={names.cards} aria-label="Waiting">
          {waiting.slice(0, mostWaiting).map((one) => (
            <Card
              key={one.conversationId}
              conversation={one}
              onTake={async () => {
                const take = one.offer === null ? deeds.take : deeds.accept
                if (!(await take(one.conversationId))) return
                setOpened(one.conversationId)
                setJustTaken(one.conversationId)
              }}
            />
          ))}
        </ul>
      )}
      {more > 0 && <p className={names.others}>{more} more in the workspace</p>}
      {chosen === undefined ? (
        queue.length === 0 && (
          <p className={names.nothingYet}>When the caller answers the invite, it appears here without a reload.</p>
        )
      ) : (
        <Opened conversation={chosen} />
      )}
    </>
  )
}

function Card({ conversation, onTake }: { conversation: ConversationView; onTake: () => Promise<void> }) {
  const { userId } = useSession()
  const now = useNow(1_000)
  const [taking, setTaking] = useState(false)
  const { channel, skill, lastText, waitingSince } = conversation
  return (
    <li className={names.card}>
      <div className={names.cardHead}>
        <strong>
          <bdi>{nameOf(conversation)}</bdi>
        </strong>
        {waitingSince !== null && (
          <span className={names.number}>
            <span className="visually-hidden">waits </span>
            {duration(now - Date.parse(waitingSince))}
          </span>
        )}
      </div>
      <p>
        <bdi>{lastText}</bdi>
      </p>
      <div className={names.cardHead}>
        <span className={names.reason}>
          {channelWords[channel]} · {skill.name}
        </span>
        <Button
          size="compact-sm"
          loading={taking}
          disabled={!isWaitingFor(userId, conversation)}
          onClick={() => {
            setTaking(true)
            void onTake().finally(() => setTaking(false))
          }}
        >
          Take
        </Button>
      </div>
    </li>
  )
}

function Opened({ conversation }: { conversation: ConversationView }) {
  const { conversationId, channel, skill, state, owner } = conversation
  const { userId } = useSession()
  const { thread, error, again } = useThread(conversationId, conversation)
  const outbox = useOutbox(userId).filter((one) => one.conversationId === conversationId)
  const typing = useLiveState((live) => live.typing.get(conversationId) ?? null)
  useSeen(conversation, userId)
  return (
    <div className={names.opened}>
      <div className={names.openedHead}>
        <div>
          <h3>
            <bdi>{nameOf(conversation)}</bdi>
          </h3>
          <div className={names.reason}>
            {channelWords[channel]} · {skill.name}
            {state === 'closed' && ' · closed'}
          </div>
        </div>
        {state === 'assigned' && owner?.userId === userId && (
          <Button size="compact-sm" variant="default" onClick={() => closeSoon(conversation)}>
            Close
          </Button>
        )}
      </div>
      {thread === null ? (
        error === null ? (
          <ThreadSkeleton />
        ) : (
          <ErrorState error={error} retry={again} />
        )
      ) : (
        <>
          <Thread conversationId={conversationId} thread={thread} outbox={outbox} typing={typing} />
          <Composer key={conversationId} conversation={conversation} thread={thread} />
        </>
      )}
    </div>
  )
}
