import ajvCompiler, { type BuildCompilerFromPool } from '@fastify/ajv-compiler'
import stringifyCompiler, { type SerializerFactory } from '@fastify/fast-json-stringify-compiler'

/** As Fastify calls it: true, or false with the errors beside it. */
type Validate = ((data: unknown) => boolean) & { errors?: unknown }

const buildValidator: BuildCompilerFromPool = (shared, options) => {
  const compile = ajvCompiler()(shared, options)
  return (route) => {
    let compiled: Validate | undefined
    const validate: Validate = (data) => {
      compiled ??= compile(route) as Validate
      const valid = compiled(data)
      validate.errors = compiled.errors
      return valid
    }
    return validate as ReturnType<typeof compile>
  }
}

const buildSerializer: SerializerFactory = (shared, options) => {
  const compile = stringifyCompiler()(shared, options)
  return (route) => {
    let compiled: ReturnType<typeof compile> | undefined
    return (data) => {
      compiled ??= compile(route)
      return compiled(data)
    }
  }
}

/**
 * Fastify's own compilers for what comes in and goes out, put off until a route is used for the first time: a server has
 * hundreds of schemas, of which a brand uses a few dozen. That each can be compiled is a test.
 */
export const compiledWhenUsed = { buildValidator, buildSerializer }
