import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { api } from '../../api.ts'
import { useMay } from '../../session.ts'
import { confirm } from '../../ui/confirm.tsx'
import { formatPhone } from '../../ui/format-phone.ts'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Problem } from '../../ui/problem.tsx'
import { toast } from '../../ui/toast.tsx'
import names from '../admin.module.css'
import { BackLink } from '../back-link.tsx'
import { PhonePreview } from '../phone-preview/phone-preview.tsx'
import { SaveBar } from '../save-bar.tsx'
import type { Sender, Template } from '../shapes.ts'
import { useChange } from '../use-config.ts'
import { useDraft } from '../use-draft.ts'
import { blankTemplate, type TemplateDraft, templateFaults } from './template-faults.ts'
import { TemplateFields } from './template-fields.tsx'
import { TemplateState } from './template-state.tsx'

const changed = ['templates'] as const

/** A template with its preview. What WhatsApp has approved, or is judging, cannot be changed any more. */
export function TemplateEditor({ template, senders }: { template: Template | null; senders: readonly Sender[] }) {
  const mayChange = useMay()('templates.change')
  const navigate = useNavigate()
  const open = template === null || template.status === 'draft' || template.status === 'rejected'
  const draft = useDraft<TemplateDraft>(template === null ? newOf(senders) : draftOf(template))
  const save = useChange((accountId, body: Partial<TemplateDraft>) => {
    if (template === null) {
      const whole = { ...draft.value, ...body }
      return api('POST /api/admin/accounts/{accountId}/templates', { params: { accountId }, body: whole })
    }
    const params = { accountId, templateId: template.templateId }
    return api('PATCH /api/admin/accounts/{accountId}/templates/{templateId}', { params, body })
  }, changed)
  const submit = useChange(
    (accountId, templateId: string) =>
      api('POST /api/admin/accounts/{accountId}/templates/{templateId}/submit', { params: { accountId, templateId } }),
    changed,
  )
  const remove = useChange(async (accountId, templateId: string) => {
    await api('DELETE /api/admin/accounts/{accountId}/templates/{templateId}', { params: { accountId, templateId } })
    // Away from here before the list is read anew, which then has no such template.
    draft.clear()
    await navigate({ to: '/templates' })
  }, changed)
  const store = () => {
    const sent = draft.changes
    save.mutate(sent, {
      onSuccess: ({ templateId }) => {
        if (template === null) draft.clear()
        else draft.settle(sent)
        toast({ text: 'The draft is saved. Submit it when it is ready.' })
        if (template === null) void navigate({ to: '/templates/$templateId', params: { templateId } as never })
      },
    })
  }
  const send = (templateId: string) =>
    submit.mutate(templateId, { onSuccess: () => toast({ text: 'Submitted. WhatsApp judges it now.' }) })
  const discard = async ({ templateId, name }: Template) => {
    const text = 'It is deleted at WhatsApp too, which keeps its name taken for 30 days.'
    const yes = await confirm({ title: `Delete ${name}`, text, yes: 'Delete the template', danger: true })
    if (!yes) return
    void remove.mutateAsync(templateId).then(
      () => toast({ text: `${name} is deleted.` }),
      () => {},
    )
  }
  const value = draft.value
  const sender = senders.find(({ senderId }) => senderId === value.sender)
  const faulty = Object.keys(templateFaults(value)).length > 0
  return (
    <PageBody>
      <PageHeader
        back={<BackLink to="/templates">WhatsApp templates</BackLink>}
        title={template?.name ?? 'New template'}
        purpose={purposeOf(template)}
        action={
          template !== null && (
            <>
              <TemplateState status={template.status} />
              {mayChange && (
                <Button variant="default" loading={remove.isPending} onClick={() => void discard(template)}>
                  Delete
                </Button>
              )}
              {mayChange && open && (
                <Button
                  loading={submit.isPending}
                  disabled={draft.dirty || faulty}
                  onClick={() => send(template.templateId)}
                >
                  Submit to WhatsApp
                </Button>
              )}
            </>
          )
        }
      />
      {template !== null && template.reason !== null && (
        <Alert
          color="red"
          variant="light"
          mb="lg"
          icon={<IconAlertTriangle size={18} stroke={1.6} />}
          title="WhatsApp says"
        >
          {template.reason}
        </Alert>
      )}
      {submit.error !== null && <Problem error={submit.error} title="Not submitted" />}
      {remove.error !== null && <Problem error={remove.error} title="Not deleted" />}
      <div className={names.withPreview}>
        <fieldset disabled={!mayChange || !open || (template === null && save.isPending)} className={names.fieldset}>
          <legend className="visually-hidden">The template</legend>
          <TemplateFields draft={value} set={draft.set} senders={senders} />
        </fieldset>
        <div className={names.preview}>
          <PhonePreview
            message={{ ...value, channel: 'wa', from: sender ? formatPhone(sender.address) : '', text: value.body }}
          />
        </div>
      </div>
      <SaveBar draft={draft} save={save} onSave={store} label="Save draft" />
    </PageBody>
  )
}

function purposeOf(template: Template | null): string {
  if (template === null) return 'A draft until you submit it. Every variable needs a sample, for who judges it.'
  if (template.status === 'pending')
    return 'WhatsApp is judging it, which usually takes minutes. It cannot be changed meanwhile.'
  if (template.status === 'draft') return 'Nobody has judged it yet. Submit it when it is ready.'
  if (template.status === 'rejected') return 'Change what WhatsApp objects to, then submit it again.'
  return 'What WhatsApp has approved cannot be changed: write another one instead.'
}

const newOf = (senders: readonly Sender[]): TemplateDraft => ({ ...blankTemplate, sender: senders[0]?.senderId ?? '' })

function draftOf({
  templateId: _id,
  status: _status,
  reason: _reason,
  providerTemplateId: _provider,
  ...rest
}: Template) {
  return { ...rest, sender: rest.sender ?? '' }
}
