import { randomBytes } from 'node:crypto'
import swagger from '@fastify/swagger'
import scalar from '@scalar/fastify-api-reference'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'

/** Serves the API's description (OpenAPI 3.1) at `/openapi.json` and a page to read and try it at `/reference`. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'Suture',
        version: '1',
        description:
          'From a published vulnerability to verifiably patched devices. Errors are `application/problem+json` with a `code` of the list at `/api/v1/refusals`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'A machine token' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'suture',
            description: 'The session of a person; changes also need a `suture-client` header',
          },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  await app.register((page, _options, done) => {
    // The page's own inline script gets a nonce; nothing is fetched from elsewhere, neither fonts nor telemetry.
    page.addHook('onSend', async (_request, reply, payload) => {
      const nonce = randomBytes(16).toString('base64')
      reply.header(
        'content-security-policy',
        `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'`,
      )
      const isPage = reply.getHeader('content-type')?.toString().startsWith('text/html')
      return isPage && typeof payload === 'string' ? payload.replaceAll('<script', `<script nonce="${nonce}"`) : payload
    })
    page.register(scalar, {
      routePrefix: '/reference',
      configuration: {
        url: '/openapi.json',
        withDefaultFonts: false,
        telemetry: false,
        agent: { disabled: true },
        showDeveloperTools: 'never',
      },
    })
    done()
  })
}
