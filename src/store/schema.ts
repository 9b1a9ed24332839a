/**
 * The tables as kysely sees them. What is queried is a column; the record itself is the JSON text in `document`, so that
 * a record may grow without a migration. Columns are derived from the record at each save and never read back.
 * Portable types only: text, whole numbers, epoch milliseconds, 0 or 1.
 */
import type { Generated } from "kysely";

export interface Schema {
  services: ServiceRow;
  slots: SlotRow;
  operations: OperationRow;
  releases: ReleaseRow;
  instances: InstanceRow;
  journal: JournalRow;
  tags: TagRow;
  revisions: RevisionRow;
  named_resources: NamedResourceRow;
  access_keys: AccessKeyRow;
  settings: SettingRow;
  source_watches: SourceWatchRow;
  usage_hours: UsageRow;
  usage_days: UsageRow;
  secrets: SecretRow;
  parameters: ParameterRow;
  sealed_values: SealedValueRow;
  custom_domains: CustomDomainRow;
  custom_domain_names: CustomDomainNameRow;
  certificates: CertificateRow;
  issuances: IssuanceRow;
  alarms: AlarmRow;
  alarm_history: AlarmHistoryRow;
  events: EventRow;
  event_deliveries: EventDeliveryRow;
}

interface Recorded {
  /** Order of insertion: settles which of two records of the same millisecond is newer. */
  sequence: Generated<number>;
  id: string;
  created_at_ms: number;
  document: string;
}

interface ServiceRow extends Recorded {
  arn: string;
  name: string;
  host: string;
  status: string;
  is_live: number;
  active_release_number: number | null;
  auto_scaling_arn: string;
  connection_arn: string | null;
  vpc_connector_arn: string | null;
  observability_arn: string | null;
}

/** Who owns which edge slot. A table of its own: one number is never blue of one service and green of another. */
interface SlotRow {
  slot: number;
  service_id: string;
}

interface OperationRow extends Recorded {
  service_id: string;
  status: string;
  is_open: number;
  release_number: number | null;
}

interface ReleaseRow {
  service_id: string;
  number: number;
  operation_id: string;
  document: string;
}

interface InstanceRow extends Recorded {
  service_id: string;
  is_stopped: number;
  stopped_at_ms: number | null;
}

export interface JournalRow {
  sequence: Generated<number>;
  service_id: string;
  operation_id: string | null;
  step: string;
  arguments_json: string;
  status: string;
  error: string | null;
  started_at_ms: number;
  ended_at_ms: number | null;
}

interface TagRow {
  resource_arn: string;
  key: string;
  value: string;
}

interface RevisionRow {
  arn: string;
  kind: string;
  name: string;
  revision: number;
  is_active: number;
  deleted_at_ms: number | null;
  document: string;
}

interface NamedResourceRow {
  arn: string;
  kind: string;
  name: string;
  is_live: number;
  document: string;
}

interface AccessKeyRow {
  id: string;
  /** Sealed. */
  secret: string;
  principal_arn: string;
  created_at_ms: number;
  is_active: number;
  last_used_at_ms: number | null;
  last_used_service: string | null;
  last_used_region: string | null;
}

interface SettingRow {
  name: string;
  value: string;
}

interface SourceWatchRow {
  service_id: string;
  document: string;
}

interface UsageRow {
  service_id: string;
  start_ms: number;
  provisioned_ms: number;
  memory_mib_ms: number;
  active_ms: number;
  active_cpu_millis_ms: number;
  always_cpu_millis_ms: number;
  always_memory_mib_ms: number;
  request_count: number;
  start_count: number;
  build_ms: number;
  automatic_deployment_ms: number;
  egress_bytes: number;
}

interface SecretRow {
  arn: string;
  name: string;
  delete_at_ms: number | null;
  document: string;
}

interface ParameterRow {
  name: string;
  document: string;
}

interface SealedValueRow {
  owner: string;
  version: string;
  sealed: string;
}

interface CustomDomainRow {
  name: string;
  service_id: string;
  document: string;
}

/** Which domain stands for a name. */
interface CustomDomainNameRow {
  name: string;
  domain_name: string;
}

interface CertificateRow {
  id: string;
  created_at_ms: number;
  document: string;
}

interface IssuanceRow {
  subject: string;
  document: string;
}

interface AlarmRow {
  name: string;
  next_evaluation_at_ms: number;
  document: string;
}

interface AlarmHistoryRow {
  sequence: Generated<number>;
  alarm_name: string;
  at_ms: number;
  type: string;
  document: string;
}

interface EventRow {
  sequence: Generated<number>;
  id: string;
  key: string | null;
  at_ms: number;
  service_id: string | null;
  detail_type: string;
  severity: string;
  document: string;
}

interface EventDeliveryRow {
  destination_arn: string;
  event_sequence: number;
  state: string;
  due_at_ms: number;
  document: string;
}
