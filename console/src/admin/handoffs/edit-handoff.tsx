import { Switch, Tabs } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '../../session.ts'
import { CopyField } from '../../ui/copy-field.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import names from '../admin.module.css'
import { BackLink } from '../back-link.tsx'
import { SaveBar } from '../save-bar.tsx'
import { Section } from '../section.tsx'
import type { Handoff, HandoffDraft } from '../shapes.ts'
import { useDraft } from '../use-draft.ts'
import { HandoffPreview, type Look } from './handoff-preview.tsx'
import own from './handoffs.module.css'
import { LimitsFields } from './limits-fields.tsx'
import { MessageCards } from './message-cards.tsx'
import { tellSaved, useSaveHandoff } from './save-handoff.ts'
import { Sentence, type SentenceParts } from './sentence.tsx'
import { TitleField } from './title-field.tsx'
import { Versions } from './versions.tsx'

export type Known = Pick<SentenceParts, 'senders' | 'templates' | 'skills'>

/** A handoff as a sentence, its messages beside the phone that gets them, and what it was before. */
export function EditHandoff({ handoff, known }: { handoff: Handoff; known: Known }) {
  const { handoffId, ...saved } = handoff
  const mayChange = useMay()('handoffs.change')
  const draft = useDraft<HandoffDraft>(saved)
  const [shown, setShown] = useState<Look | null>(null)
  const [{ part }, setFilters] = useUrlFilters(parts)
  const save = useSaveHandoff()
  const given: SentenceParts = { ...known, draft: draft.value, set: draft.set }
  const submit = () => {
    const change = draft.changes
    save.mutate(
      { handoffId, change },
      {
        onSuccess: ({ title, warnings }) => {
          draft.settle(change)
          tellSaved(title, warnings)
        },
      },
    )
  }
  return (
    <PageBody>
      <PageHeader
        back={<BackLink to="/handoffs">Handoffs</BackLink>}
        title={saved.title}
        purpose="What callers get at this point of the IVR. A change counts from the next call on."
        action={
          mayChange && (
            <Switch
              label={draft.value.enabled ? 'On' : 'Off'}
              checked={draft.value.enabled}
              onChange={(event) => draft.set({ enabled: event.currentTarget.checked })}
            />
          )
        }
      />
      <div className={own.sentenceBox}>
        <Sentence parts={given} readOnly={!mayChange} />
      </div>
      <Tabs value={part} onChange={(next) => setFilters({ part: next ?? 'messages' })} keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="messages">Messages</Tabs.Tab>
          <Tabs.Tab value="more">Name and limits</Tabs.Tab>
          <Tabs.Tab value="versions">Versions</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="messages">
          <div className={names.withPreview}>
            <fieldset disabled={!mayChange} className={names.fieldset}>
              <legend className="visually-hidden">Messages</legend>
              <MessageCards parts={given} onLook={setShown} />
            </fieldset>
            <HandoffPreview parts={given} shown={shown} onShow={setShown} />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="more">
          <fieldset disabled={!mayChange} className={names.fieldset}>
            <legend className="visually-hidden">Name and limits</legend>
            <Section title="Name" about="For people. The IVR names the handoff by its id, which never changes.">
              <TitleField draft={draft.value} set={draft.set} />
              <CopyField label="Handoff id" value={handoffId} />
            </Section>
            <Section title="Limits" about="What seldom has to be touched.">
              <LimitsFields draft={draft.value} set={draft.set} />
            </Section>
          </fieldset>
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions handoffId={handoffId} mayRestore={mayChange} dirty={draft.dirty} />
        </Tabs.Panel>
      </Tabs>
      <SaveBar draft={draft} save={save} onSave={submit} />
    </PageBody>
  )
}

const parts = { part: 'messages' }
