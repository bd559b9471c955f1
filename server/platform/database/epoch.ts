import pg from 'pg'

/**
 * Starts a new epoch of events, as the owner. After a restore transaction ids begin low again, and a reader that goes
 * on from an old position would pass new events over.
 * @returns the new epoch
 */
export async function raiseEpoch(ownerUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'suture restore' })
  await client.connect()
  try {
    const { rows } = await client.query<{ epoch: number }>(
      'update platform_epoch set epoch = epoch + 1 returning epoch',
    )
    return rows[0]?.epoch ?? 0
  } finally {
    await client.end()
  }
}
