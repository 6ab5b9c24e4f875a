import { Alert, Switch } from '@mantine/core'
import { api } from '../../api.ts'
import { useMay } from '../../session.ts'
import { CopyField } from '../../ui/copy-field.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { toast } from '../../ui/toast.tsx'
import names from '../admin.module.css'
import { BackLink } from '../back-link.tsx'
import { SaveBar } from '../save-bar.tsx'
import { Section } from '../section.tsx'
import type { Connector, Sender } from '../shapes.ts'
import { useChange } from '../use-config.ts'
import { same, useDraft } from '../use-draft.ts'
import { connectorTitle } from './connector-title.ts'
import { SenderCheck } from './sender-check.tsx'
import { type SenderDraft, SenderFields } from './sender-fields.tsx'
import { SenderState } from './sender-state.tsx'
import { SetupText } from './setup-text.tsx'

/** A sender: what is wrong with it, what its provider must be told, and its settings. */
export function EditSender({ sender, connector }: { sender: Sender; connector: Connector | null }) {
  const { senderId, title, address, settings, secrets, hookUrl, enabled } = sender
  const mayChange = useMay()('senders.change')
  const draft = useDraft<SenderDraft>({ title, address, settings })
  const save = useChange(
    (accountId, body: Partial<SenderDraft> & { enabled?: boolean }) =>
      api('PATCH /api/admin/accounts/{accountId}/senders/{senderId}', { params: { accountId, senderId }, body }),
    ['senders', 'handoffs'],
  )
  const store = () => {
    const sent = draft.changes
    const { settings: changed, ...rest } = sent
    const body = changed === undefined ? rest : { ...rest, settings: changesOf(settings, changed) }
    save.mutate(body, {
      onSuccess: () => {
        draft.settle(sent)
        toast({ text: 'The sender is saved. Check it to be sure.' })
      },
    })
  }
  const turn = (on: boolean) =>
    save.mutate(
      { enabled: on },
      { onSuccess: () => toast({ text: on ? 'The sender is on.' : 'The sender is off: nothing goes out by it.' }) },
    )
  return (
    <PageBody>
      <PageHeader
        back={<BackLink to="/senders">Senders</BackLink>}
        title={title}
        purpose={`${connectorTitle(sender.connector)}. Its settings, its webhook, and whether it works.`}
        action={
          <>
            <SenderState sender={sender} />
            {mayChange && (
              <Switch
                label={enabled ? 'On' : 'Off'}
                checked={enabled}
                disabled={save.isPending}
                onChange={(event) => turn(event.currentTarget.checked)}
              />
            )}
          </>
        }
      />
      {mayChange && <SenderCheck senderId={senderId} />}
      {hookUrl !== null && (
        <Section title="Webhook" about="Enter this address at the provider, so that replies and receipts come here.">
          <CopyField label="Webhook address" value={hookUrl} />
        </Section>
      )}
      {connector === null ? (
        <Alert color="red" variant="light">
          This server has no connector “{sender.connector}” any more.
        </Alert>
      ) : (
        <fieldset disabled={!mayChange} className={names.fieldset}>
          <legend className="visually-hidden">Settings</legend>
          <SenderFields connector={connector} draft={draft.value} set={draft.set} secrets={secrets} />
        </fieldset>
      )}
      {connector !== null && <SetupText connector={connector.name} />}
      <SaveBar draft={draft} save={save} onSave={store} />
    </PageBody>
  )
}

/** Settings are laid over what is there, and null takes one away: only what changed is sent, an emptied field as null. */
function changesOf(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(after)
      .filter(([name, value]) => !same(value, before[name]))
      .filter(([name, value]) => value !== '' || before[name] !== undefined)
      .map(([name, value]) => [name, value === '' ? null : value]),
  )
}
