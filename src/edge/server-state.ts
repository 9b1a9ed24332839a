/**
 * HAProxy's server-state file, for one thing only: a server that is not checked shall not be checked after a restart
 * either, and count as up. A `server` line cannot say that: without `check` no check could be turned on later.
 */
import { backendName, type ServerLine } from "./slot-file.ts";

/** Running, not in maintenance. */
const OPERATIONAL = "2 0";
/** Of a check that is configured (2) and not enabled (4). */
const CHECK_STATE = 2;
/** HAProxy finds backend and server by their names. */
const ANY_ID = 0;

export function renderServerState(slots: ReadonlyMap<number, readonly ServerLine[]>): string {
  const lines = [...slots].flatMap(([slot, servers]) =>
    servers.filter((line) => !line.isChecked).map((line) => renderServer(slot, line)),
  );
  return `1\n# ${FIELDS}\n${lines.join("")}`;
}

const FIELDS =
  "be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight " +
  "srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state " +
  "bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr " +
  "srv_agent_addr srv_agent_port";

function renderServer(slot: number, line: ServerLine): string {
  const weight = line.isDraining ? 0 : 1;
  const health = line.rise + line.fall - 1;
  return (
    `${ANY_ID} ${backendName(slot, line.kind)} ${ANY_ID} ${line.instanceId} ${line.address} ${OPERATIONAL} ` +
    `${weight} ${weight} 0 1 0 ${health} ${CHECK_STATE} 0 0 0 - ${line.port} - 0 0 - - 0\n`
  );
}
