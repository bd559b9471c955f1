import { databaseForThisTest, query } from '@suture/testing/database.ts'
import { expect, test } from 'vitest'
import { newClient } from './client.ts'

test('a connection that breaks while nothing is asked of it ends no process, and the next statement says so', async () => {
  const { urls } = await databaseForThisTest()
  const client = newClient({ connectionString: urls.app })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()))
  await query(urls.superuser, 'select pg_terminate_backend($1)', [rows[0]?.pid])
  await ended
  await expect(client.query('select 1')).rejects.toThrow(/not queryable|terminated|closed/)
})
