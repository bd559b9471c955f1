import { maxDocumentBytes } from '@suture/trust/canonical.ts'
import { maxEnvelopeBytes } from '@suture/trust/dsse.ts'
import pg from 'pg'
import { OperatorError } from '#platform/operator-error.ts'
import type { RequestState } from '../request.ts'
import type { Asked } from './decide.ts'

/** Which row asks: only to find it again. */
export interface RowName {
  readonly tenant_id: unknown
  readonly id: string
}

/** The most that the proofs of one request may weigh, in bytes: a plan and a release in their envelopes, and many approvals. */
const maxProofBytes = 2 * maxEnvelopeBytes + (64 << 10)

/** The one advisory lock that a signer holds as long as it lives ("suture" as a number, and the first of its locks). */
const lockKeys = [0x53757475, 1]

/** The signer's one connection: its lock, its ear for requests, and its pen. */
export class Session {
  readonly #client: pg.Client

  private constructor(client: pg.Client) {
    this.#client = client
  }

  /**
   * Connects, and makes sure that no other signer serves this database.
   * @param wake called whenever there may be something to do, and when the connection is lost
   * @throws OperatorError when another signer is at work
   */
  static async open(url: string, wake: () => void): Promise<Session> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'suture signer',
      connectionTimeoutMillis: 10_000,
      statement_timeout: 10_000,
      lock_timeout: 5_000,
      keepAlive: true,
    })
    client.on('error', wake)
    client.on('end', wake)
    client.on('notification', wake)
    try {
      await client.connect()
      await claim(client)
      await client.query('listen signing_request')
      return new Session(client)
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
  }

  /** The rows that wait for a decision, oldest first. */
  async waiting(): Promise<readonly RowName[]> {
    const { rows } = await this.#client.query<RowName>(
      `select tenant_id, id::text from signing_request where state = 'requested' order by requested_at limit 256`,
    )
    return rows
  }

  /** What a row asks for; nothing when it asks no more. */
  async read({ tenant_id, id }: RowName): Promise<Asked | undefined> {
    const { rows } = await this.#client.query<Asked & pg.QueryResultRow>(
      `select r.purpose, t.uid::text as tenant,
              case when octet_length(r.payload) <= $3 then r.payload end as payload,
              case when octet_length(r.proofs::text) <= $4 then r.proofs end as proofs
         from signing_request r left join platform_tenant t on t.id = r.tenant_id
        where r.tenant_id = $1 and r.id::text = $2 and r.state = 'requested' limit 1`,
      [tenant_id, id, maxDocumentBytes, maxProofBytes],
    )
    return rows[0]
  }

  /** Stores the new state of a row, and the statement if there is one, together or not at all. */
  async store(
    { tenant_id, id }: RowName,
    state: Exclude<RequestState, { kind: 'requested' }>,
    statement?: { readonly purpose: string; readonly digest: string; readonly envelope: Buffer },
  ): Promise<void> {
    const refused = state.kind === 'refused' ? [state.refusal, state.detail] : [null, null]
    await this.#client.query('begin')
    try {
      if (statement) {
        await this.#client.query(
          `insert into signing_statement (tenant_id, purpose, digest, envelope, signed_at)
           values ($1, $2, $3, $4, $5) on conflict do nothing`,
          [tenant_id, statement.purpose, Buffer.from(statement.digest, 'hex'), statement.envelope, state.at],
        )
      }
      await this.#client.query(
        `update signing_request set state = $3, refusal_code = $4, refusal_detail = $5, decided_at = $6
          where tenant_id = $1 and id::text = $2 and state = 'requested'`,
        [tenant_id, id, state.kind, ...refused, state.at],
      )
      await this.#client.query('commit')
    } catch (error) {
      await this.#client.query('rollback').catch(() => undefined)
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined)
  }
}

/** Waits a little for the lock: the connection of a signer that was killed lives on for a moment. */
async function claim(client: pg.Client): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1, $2) as mine', lockKeys)
    if (rows[0]?.mine === true) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new OperatorError('Another signer already serves this database; only one may run.')
}
