import { join } from 'node:path'

/** The file beside the public keys that the signer touches while it lives. */
export const heartbeatName = 'heartbeat'

/** The part of Suture's home that belongs to the signer. */
export const signerHome = (home: string) => ({
  directory: join(home, 'signer'),
  sealed: join(home, 'signer', 'sealed.json'),
  public: join(home, 'signer', 'public.json'),
  journal: join(home, 'signer', 'journal.jsonl'),
  checkpoint: join(home, 'signer', 'checkpoint.json'),
  lock: join(home, 'signer', 'ceremony.lock'),
  heartbeat: join(home, 'signer', heartbeatName),
})
