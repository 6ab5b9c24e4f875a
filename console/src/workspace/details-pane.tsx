import { ActionIcon, Badge, Collapse, Skeleton, UnstyledButton } from '@mantine/core'
import { IconBan, IconChevronDown, IconChevronRight, IconCircleCheck, IconHelpCircle, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { ConversationView, MessageView, Thread } from '../live/shapes.ts'
import { Phone } from '../ui/phone.tsx'
import { Time } from '../ui/time.tsx'
import { deliveryWord } from './delivery-words.ts'
import names from './details-pane.module.css'
import { inviteOf } from './invite-of.ts'
import { channelWords, nameOf } from './lists.ts'
import { SafeText } from './safe-text.tsx'
import { sdeRows, standing } from './sde-rows.ts'
import { Tags } from './tags.tsx'

/** Who it is, how they came here, and what was said to them before. */
export function DetailsPane({
  conversation,
  thread,
  onClose,
}: {
  conversation: ConversationView
  thread: Thread | null
  onClose(): void
}) {
  const { consumer, channel, survey } = conversation
  return (
    <aside className={names.pane} aria-label="About the consumer">
      <header className={names.head}>
        <h2>
          <bdi>{nameOf(conversation)}</bdi>
        </h2>
        <ActionIcon variant="subtle" color="gray" aria-label="Close the details" onClick={onClose}>
          <IconX size={18} stroke={1.6} />
        </ActionIcon>
      </header>
      {consumer.optedOut && (
        <p className={names.optedOut}>
          <IconBan size={16} stroke={1.6} aria-hidden /> Opted out of {channelWords[channel]}
        </p>
      )}
      <dl className={names.rows}>
        <dt>{channel === 'inapp' ? 'App user' : 'Number'}</dt>
        <dd>
          <Phone number={consumer.phone ?? consumer.address} />
        </dd>
      </dl>
      <Tags conversation={conversation} />
      {thread === null ? <DetailsSkeleton /> : <Known thread={thread} />}
      {survey !== null && (
        <Section title="Survey" open>
          {survey.score === null ? 'Asked, not answered yet.' : `${survey.score} of 5`}
        </Section>
      )}
    </aside>
  )
}

function Known({ thread }: { thread: Thread }) {
  const { call, previousConversations } = thread
  const invite = inviteOf(thread)
  const earlier = thread.lastInvites.filter((one) => one.messageId !== invite?.messageId)
  return (
    <>
      {call !== null && <AboutCaller call={call} />}
      {call !== null && <AboutCall call={call} />}
      {earlier.length > 0 && (
        <Section title={`Earlier messages (${earlier.length})`}>
          <ul className={names.list}>
            {earlier.map((message) => (
              <Earlier key={message.messageId} message={message} />
            ))}
          </ul>
        </Section>
      )}
      {previousConversations.length > 0 && (
        <Section title={`Earlier conversations (${previousConversations.length})`}>
          <ul className={names.list}>
            {previousConversations.map((one) => (
              <li key={one.conversationId}>
                {one.readable ? (
                  <Link to="/workspace/$conversationId" params={{ conversationId: one.conversationId }}>
                    {channelWords[one.channel]} · {one.skill.name}
                  </Link>
                ) : (
                  <span>
                    {channelWords[one.channel]} · {one.skill.name}
                  </span>
                )}
                <div className={names.faint}>
                  <Time at={one.openedAt} /> · {one.state}
                  {one.readable && one.lastText !== '' && <bdi className={names.clip}>{one.lastText}</bdi>}
                </div>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

function AboutCaller({ call }: { call: NonNullable<Thread['call']> }) {
  const rows = sdeRows(call.sdes)
  const words = standing(call.sdes)
  if (rows.length === 0) return null
  return (
    <Section
      title="Customer"
      open
      beside={
        <span className={names.verified} data-verified={call.sdes.verified}>
          {call.sdes.verified ? (
            <IconCircleCheck size={14} stroke={1.6} aria-hidden />
          ) : (
            <IconHelpCircle size={14} stroke={1.6} aria-hidden />
          )}
          {call.sdes.verified ? 'verified' : 'not verified'}
        </span>
      }
    >
      {words.length > 0 && (
        <div className={names.badges}>
          {words.map((word) => (
            <Badge key={word} variant="default">
              <bdi>{word}</bdi>
            </Badge>
          ))}
        </div>
      )}
      <dl className={names.rows}>
        {rows.map(([label, value], place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of one answer never move
          <Row key={place} label={label}>
            <bdi dir="auto">{value}</bdi>
          </Row>
        ))}
      </dl>
    </Section>
  )
}

function AboutCall({ call }: { call: NonNullable<Thread['call']> }) {
  const { ivrNumber, attemptedAt, invitedAt, handoffTitle, handoffId, handoffVersion, inviteText } = call
  return (
    <Section title="Call" open>
      <dl className={names.rows}>
        {ivrNumber !== null && (
          <Row label="Called">
            <Phone number={ivrNumber} />
          </Row>
        )}
        <Row label="When">
          <Time at={attemptedAt} />
        </Row>
        {invitedAt !== null && (
          <Row label="Invited">
            <Time at={invitedAt} />
          </Row>
        )}
        <Row label="Handoff">
          <bdi>{handoffTitle ?? handoffId}</bdi>
          {handoffVersion !== null && ` (v${handoffVersion})`}
        </Row>
      </dl>
      {inviteText !== null && (
        <div className={names.quote}>
          <SafeText text={inviteText} />
        </div>
      )}
    </Section>
  )
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Earlier({ message }: { message: MessageView }) {
  return (
    <li>
      <SafeText text={message.text} />
      <div className={names.faint}>
        <Time at={message.createdAt} /> · {channelWords[message.channel]} · {deliveryWord(message)}
      </div>
    </li>
  )
}

function Section({
  title,
  open: openAtFirst = false,
  beside,
  children,
}: {
  title: string
  open?: boolean
  beside?: ReactNode
  children: ReactNode
}) {
  const [open, setOpen] = useState(openAtFirst)
  return (
    <section className={names.section}>
      <div className={names.sectionHead}>
        <h3>
          <UnstyledButton className={names.opener!} aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? (
              <IconChevronDown size={14} stroke={1.6} aria-hidden />
            ) : (
              <IconChevronRight size={14} stroke={1.6} aria-hidden />
            )}
            {title}
          </UnstyledButton>
        </h3>
        {beside}
      </div>
      <Collapse expanded={open} transitionDuration={100}>
        <div className={names.sectionBody}>{children}</div>
      </Collapse>
    </section>
  )
}

function DetailsSkeleton() {
  return (
    <div className={names.skeleton} aria-busy="true">
      {[60, 80, 48, 72, 64].map((width) => (
        <Skeleton key={width} height={12} width={`${width}%`} />
      ))}
    </div>
  )
}
