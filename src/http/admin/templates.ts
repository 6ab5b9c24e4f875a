import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { deleteTemplate } from '../../actions/delete-template.ts'
import { saveTemplate } from '../../actions/save-template.ts'
import { submitTemplate } from '../../actions/submit-template.ts'
import { syncTemplates } from '../../actions/sync-templates.ts'
import type { Deps } from '../../deps.ts'
import type { TemplateDraft } from '../../domain/check-template.ts'
import { type ManagedTemplate, noVariables, templateCategories } from '../../domain/template.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { ofAccount, ofUuid, strict } from './schemas.ts'

const text = (most: number, description?: string) =>
  Type.String({ maxLength: most, ...(description === undefined ? {} : { description }) })
const orNull = <T extends Parameters<typeof Type.Optional>[0]>(schema: T) => Type.Union([schema, Type.Null()])
const values = Type.Record(Type.String(), text(1024))

const templateFields = {
  name: text(512, 'Small letters, digits and underscores; unique with its language.'),
  language: text(16, 'en, en_US, …'),
  category: Type.Enum(templateCategories),
  sender: text(255, 'Id or address of the WhatsApp sender through which it is submitted.'),
  body: text(4096, 'May hold {{1}} or {{name}}.'),
  header: orNull(strict({ kind: Type.Enum(['text', 'image', 'video', 'document'] as const), content: text(2000) })),
  footer: orNull(text(255)),
  buttons: Type.Array(
    strict({
      kind: Type.Enum(['quick-reply', 'url', 'phone'] as const),
      label: text(64),
      value: text(2000, 'Payload, address or number; an address may hold a variable.'),
    }),
    { maxItems: 10 },
  ),
  samples: Type.Partial(strict({ body: values, header: values, buttons: values }), {
    additionalProperties: false,
    description: 'A sample value for each variable.',
  }),
}
const templateChange = Type.Partial(strict(templateFields), { additionalProperties: false })
const newTemplate = strict({
  ...Type.Partial(Type.Object(templateFields)).properties,
  name: templateFields.name,
  body: templateFields.body,
  sender: templateFields.sender,
})

const templateAnswer = Type.Object({
  templateId: Type.String(),
  ...templateFields,
  sender: orNull(Type.String()),
  status: Type.String({ description: 'Only an approved template can be chosen in a handoff.' }),
  reason: orNull(Type.String({ description: 'Why it was rejected, paused or disabled, in the provider’s words.' })),
  providerTemplateId: orNull(Type.String()),
})

/** WhatsApp templates: written here, judged by the provider, followed by webhook and by asking. */
export function templates(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/templates',
    {
      schema: {
        tags: ['admin'],
        summary: 'List the WhatsApp templates',
        params: ofAccount,
        response: { 200: Type.Object({ templates: Type.Array(templateAnswer) }) },
      },
    },
    async (request) => {
      const config = await configOf(deps, permit(request, 'templates.read'))
      return { templates: [...config.templates.values()].map(shown) }
    },
  )

  routes.post(
    '/templates',
    {
      schema: {
        tags: ['admin'],
        summary: 'Write a template',
        description: 'It is a draft until it is submitted.',
        params: ofAccount,
        body: newTemplate,
        response: { 201: templateAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'templates.change')
      return reply.code(201).send(shown(await saveTemplate(deps, caller, accountId, null, draftOf(request.body))))
    },
  )

  routes.patch(
    '/templates/:templateId',
    {
      schema: {
        tags: ['admin'],
        summary: 'Change a template that is a draft or was rejected',
        params: ofUuid('templateId'),
        body: templateChange,
        response: { 200: templateAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'templates.change')
      return shown(await saveTemplate(deps, caller, accountId, request.params.templateId, draftOf(request.body)))
    },
  )

  routes.delete(
    '/templates/:templateId',
    {
      schema: {
        tags: ['admin'],
        summary: 'Delete a template, at its provider too',
        description: '409 while a handoff names it. WhatsApp keeps the name taken for 30 days.',
        params: ofUuid('templateId'),
        response: { 204: Type.Null({ description: 'It is gone.' }) },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'templates.change')
      await deleteTemplate(deps, caller, accountId, request.params.templateId)
      return reply.code(204).send(null)
    },
  )

  routes.post(
    '/templates/:templateId/submit',
    {
      schema: {
        tags: ['admin'],
        summary: 'Submit a draft to its provider',
        description: 'It is `pending` until the provider has judged it, which its status then tells.',
        params: ofUuid('templateId'),
        response: { 200: templateAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'templates.change')
      return shown(await submitTemplate(deps, caller, accountId, request.params.templateId))
    },
  )

  routes.post(
    '/templates/sync',
    {
      schema: {
        tags: ['admin'],
        summary: 'Ask the providers for the state of all templates now',
        description:
          'Happens by itself too. Besides, a draft of the same name and language as a template that the provider has becomes that template.',
        params: ofAccount,
        response: {
          200: Type.Object({
            changed: Type.Integer(),
            unanswered: Type.Array(Type.String(), { description: 'Senders whose provider could not be asked.' }),
          }),
        },
      },
    },
    async (request) => {
      const permitted = permit(request, 'templates.change')
      const config = await configOf(deps, permitted)
      const senderIds = new Set([...config.templates.values()].flatMap(({ senderId }) => senderId ?? []))
      const said = { changed: 0, unanswered: [] as string[] }
      for (const senderId of senderIds) {
        const caller = { kind: 'system', accountId: permitted.accountId } as const
        const changed = await syncTemplates(deps, caller, { senderId, adopt: true })
        if (changed === null) said.unanswered.push(config.senders.get(senderId)?.title ?? senderId)
        said.changed += changed ?? 0
      }
      return said
    },
  )
}

function draftOf({ sender, samples, ...rest }: Static<typeof templateChange>): Partial<TemplateDraft> {
  return {
    ...rest,
    ...(sender === undefined ? {} : { senderId: sender }),
    ...(samples === undefined ? {} : { samples: { ...noVariables, ...samples } }),
  }
}

function shown(template: ManagedTemplate): Static<typeof templateAnswer> {
  const { senderId, buttons, header, samples, ...rest } = template
  return {
    ...rest,
    sender: senderId,
    header: header && { ...header },
    buttons: buttons.map((button) => ({ ...button })),
    samples: { body: { ...samples.body }, header: { ...samples.header }, buttons: { ...samples.buttons } },
  }
}
