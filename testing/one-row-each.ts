import { query } from './database.ts'

/**
 * A device of a tenant with everything that hangs on it, as rows: what a test of isolation tries to reach. What has a
 * UUID has the same one, `shared`.
 */
export async function fillTables(
  superuser: string,
  tenant: number,
): Promise<{ readonly device: number; readonly shared: string }> {
  const put = async <T extends object>(statement: string, ...values: unknown[]): Promise<T> =>
    (await query<T>(superuser, statement, [tenant, ...values]))[0] as T
  const site = await put<{ id: number }>(
    `insert into inventory_site (tenant_id, name, created_at) values ($1, 'Works', now()) returning id`,
  )
  const model = await put<{ id: number }>(
    `insert into inventory_model (tenant_id, manufacturer, name, type) values ($1, 'M', 'N', 'plc') returning id`,
  )
  const component = await put<{ id: number }>(
    `insert into inventory_component (tenant_id, digest, supplier, name, version)
     values ($1, sha256('c'), 'M', 'N', '1') returning id`,
  )
  const bill = await put<{ id: number }>(
    `insert into inventory_bill (tenant_id, digest, created_at) values ($1, sha256('b'), now()) returning id`,
  )
  const context = await put<{ id: number }>(
    `insert into inventory_context (tenant_id, exposure, criticality, safety_role, data_sensitivity)
     values ($1, 'unknown', 'unknown', 'unknown', 'unknown') returning id`,
  )
  await put(`insert into inventory_bill_component values ($1, $2, $3)`, bill.id, component.id)
  await put(`insert into inventory_firmware values ($1, $2, '1', $3)`, model.id, bill.id)
  const device = await put<{ id: number }>(
    `insert into inventory_device (tenant_id, uid, name, serial, model_id, hardware_revision, firmware, site_id, bill_id,
       bill_assurance, context_id, state, created_at)
     values ($1, gen_random_uuid(), 'D', 'S', $2, 'A', '1', $3, $4, 'claimed', $5, 'live', now()) returning id`,
    model.id,
    site.id,
    bill.id,
    context.id,
  )
  await fillBesideDevice(put, device.id, bill.id)
  await fillKnowledge(superuser)
  const shared = await fillPhases(put, {
    device: device.id,
    model: model.id,
    bill: bill.id,
    context: context.id,
    component: component.id,
  })
  return { device: device.id, shared }
}

type Put = <T extends object>(statement: string, ...values: unknown[]) => Promise<T>

async function fillBesideDevice(put: Put, device: number, bill: number): Promise<void> {
  await put(`insert into inventory_quarantine values ($1, $2, now())`, device)
  await put(`insert into inventory_device_key values ($1, 'serial', 'S', $2)`, device)
  await put(`insert into inventory_device_secret values ($1, $2, sha256('x'), now())`, device)
  await put(`insert into platform_reactor (tenant_id, moved_at) values ($1, now())`)
  await put(`insert into inventory_device_view values ($1, 'kept', 'rig:no', 'Somebody', now())`)
  await put(`insert into inventory_gateway values ($1, gen_random_uuid(), 'G', sha256('x'), now())`)
  await put(`insert into inventory_fact values ($1, $2, 'import', '{}')`, device)
  await put(`insert into inventory_endpoint values ($1, $2, 'http', '127.0.0.1', 80, '/', 'somebody', now())`, device)
  await put(`insert into inventory_device_bill values ($1, $2, now(), null, $3, 'claimed', '{}')`, device, bill)
  await put(`insert into inventory_seen values ($1, $2, now())`, device)
}

/** One vulnerability that is known, CVE-2000-0001. */
export const fillKnowledge = (superuser: string): Promise<unknown> =>
  query(
    superuser,
    `with document as (insert into intelligence_document (digest, name, source, retrieved_at, imported_at, vulnerabilities, products)
       values (sha256('d'), 'D', '{"name":"D","url":"https://example.org","licence":"CC0-1.0"}', now(), now(), 1, 1) on conflict do nothing returning id),
     product as (insert into intelligence_product (key, vendor, name, scheme, changed_in)
       select 'm/n', 'M', 'N', 'generic', id from document)
     insert into intelligence_vulnerability (id, document_id, published_at, modified_at, known_at, facts)
     select 'CVE-2000-0001', id, now(), now(), now(), '{}' from document`,
  )

interface Ids {
  readonly device: number
  readonly model: number
  readonly bill: number
  readonly context: number
  readonly component: number
}

async function fillPhases(put: Put, { device, model, bill, context, component }: Ids): Promise<string> {
  const { id } = await put<{ id: string }>('select gen_random_uuid() as id, $1::int')
  await put(
    `insert into intelligence_component select $1, $2, 'm/n', null, null, id, 'name' from intelligence_product where key = 'm/n'`,
    component,
  )
  await put(`insert into intelligence_bill values ($1, $2, 1)`, bill)
  await put(
    `insert into intelligence_match values ($1, $2, 'CVE-2000-0001', $3, 'affected', '{}', now())`,
    bill,
    component,
  )
  await put(
    `insert into inventory_bill_import (tenant_id, id, model_id, firmware, document, bytes, state, stored, actor_kind, actor_id, actor_name, started_at)
     values ($1, $2, $3, '1', sha256('d'), 1, 'waiting', 0, 'user', 'U', 'U', now())`,
    id,
    model,
  )
  await put(
    `insert into inventory_device_action (tenant_id, id, kind, state, actor_kind, actor_id, actor_name, drafted_at, begins_at)
     values ($1, $2, 'retire', 'running', 'user', 'U', 'U', now(), now())`,
    id,
  )
  await put(
    `insert into inventory_action_device select $1, id, $2, site_id, null from inventory_device where id = $3`,
    id,
    device,
  )
  await put(`insert into releases_vendor_key values ($1, $2, 'M', 'K', repeat('0', 64), 'pem', 'somebody', now())`, id)
  await put(
    `insert into releases_artifact values ($1, sha256('a'), decode(repeat('00', 20), 'hex'), decode(md5('a'), 'hex'), 1, 'a', 'somebody', now())`,
  )
  await put(`insert into releases_signature values ($1, sha256('a'), $2, decode(repeat('00', 64), 'hex'), now())`, id)
  await put(`insert into releases_release values ($1, $2, 'R', '1', 'draft', $2, now())`, id)
  await put(`insert into releases_target values ($1, $2, $3, '', sha256('a'))`, id, model)
  await put(
    `insert into risk_decision values ($1, $2, 'CVE-2000-0001', $3, 't', 'p', 1, '14D', 14,
       '{"facts":{},"verdict":"affected","matchedAt":"2026-01-01T00:00:00.000Z","knowledgeAt":"2026-01-01T00:00:00.000Z"}',
       '{}', now(), now(), now(), 1, 'affected', now())`,
    bill,
    context,
  )
  await put(`insert into lab_rig values ($1, $2, $3, 'R', sha256('a'), '1', now())`, id, device)
  await put(`insert into lab_run values ($1, $2, $2, 'running', now(), 'somebody', 900)`, id)
  await put(
    `insert into lab_trial values
       ($1, $2, $2, $2, $3, '{"model":"M N","hardwareRevision":"A"}', sha256('a'), '2', sha256('a'), '1', 1, 2, 'install', null, 0, false, null, null, null, now())`,
    id,
    device,
  )
  await fillRollout(put, id, device, model)
  return id
}

async function fillRollout(put: Put, id: string, device: number, model: number): Promise<void> {
  await put(
    `insert into deployment_rollout (tenant_id, id, name, release_id, state, plan, audience, salt, created_by, created_at)
     values ($1, $2, 'R', $2, 'draft', '', '', decode(md5('s'), 'hex'), $2, now())`,
    id,
  )
  await put(
    `insert into deployment_approval values ($1, $2, $2, 'P', repeat('0', 64), 'pem', 's', sha256(''), now())`,
    id,
  )
  await put(`insert into deployment_wave values ($1, $2, 1, 'not-open')`, id)
  await put(`insert into deployment_stratum values ($1, $2, 1, $3, 'A', 0, 0)`, id, model)
  const why = JSON.stringify({ code: 'revision-limit', figures: {} })
  await put(`insert into deployment_quarantine values ($1, $2, $3, 'A', 1, $4, now())`, id, model, why)
  await put(`insert into deployment_hold values ($1, $2, $3, 'A', 'P', 'R', now())`, id, model)
  await put(
    `insert into deployment_job (tenant_id, device_id, id, rollout_id, wave_no, model_id, hardware_revision, action_id,
       sha256, version_before, version_wanted, state, offered_at, last_word_at, deaf_ms)
     values ($1, $3, $2, $2, 1, $4, 'A', 1, sha256('a'), '1', '2', 'offered', now(), now(), 0)`,
    id,
    device,
    model,
  )
  await put(`insert into deployment_device_slot values ($1, $2, null, 1)`, device)
  await put(
    `insert into deployment_feedback (tenant_id, device_id, job_id, at, execution, finished, details)
     values ($1, $3, $2, now(), 'closed', 'success', '{}')`,
    id,
    device,
  )
  await put(
    `insert into deployment_reading values ($1, $3, $2, $2, now(), 'http', '127.0.0.1', 'as-wanted', '{}')`,
    id,
    device,
  )
  await put(`insert into deployment_plan_defaults values ($1, null, 'usual', 3600, 168, 'somebody', now())`)
  await put(`insert into deployment_heartbeat values ($1, now(), now())`)
  await put(
    `insert into integrations_webhook (tenant_id, id, name, url, kinds, state, secret, maker, created_at, epoch, xid, event_id)
     values ($1, $2, 'kept', 'https://receiver.example', '{}', 'active', '', $2, now(), 1, '1', 0)`,
    id,
  )
  await put(
    `insert into integrations_delivery (tenant_id, id, webhook_id, kind, subject, at, state, tries, due_at, created_at)
     values ($1, $2, $2, 'webhook.tested', 'S', now(), 'pending', 0, now(), now())`,
    id,
  )
  const { person } = await put<{ person: string }>(
    `insert into platform_user (tenant_id, id, login, name, roles, created_at)
     values ($1, gen_random_uuid(), gen_random_uuid()::text, 'R', '{}', now()) returning id as person`,
  )
  await put(`insert into integrations_digest values ($1, $2, 7, false, now(), 1, '1', 1, '1')`, person)
  await put(`insert into compliance_evidence values ($1, $2, $2, sha256(''), '{}', 'somebody', now())`, id)
}
