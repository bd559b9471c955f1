import type { AnyEndpoint } from '@suture/contract/endpoint.ts'

/** Our words for the commonest mistake; whatever else a schema says, it says in its own. */
const empty: Readonly<Record<string, string>> = {
  login: 'Give the name that they sign in with',
  name: 'Give a name',
  roles: 'Choose at least one role',
  permissions: 'Choose at least one permission',
}

const isEmpty = (value: unknown) =>
  typeof value === 'string' ? value.trim() === '' : Array.isArray(value) && !value[0]

/** What of a form the endpoint would not take, by field, before anything is sent. */
export function faultsOf(
  { body: schema }: Pick<AnyEndpoint, 'body'>,
  body: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const { error } = schema.safeParse(body)
  return Object.fromEntries(
    (error?.issues ?? []).map(({ path: [field], message }) => {
      const name = String(field)
      return [name, (isEmpty(body[name]) ? empty[name] : undefined) ?? message]
    }),
  )
}
