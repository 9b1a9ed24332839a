/**
 * Commands of our own for HAProxy's command line: what waits at backends, how many requests came to them, and what they have
 * counted. "show stat" looks through all backends for each that is asked for: 134 µs with 5,000 of them, where this takes 14.
 * Lua, as the gate's.
 */

/** Words of a command line that HAProxy takes are 64. */
export const TOTALS_AT_ONCE = 60;

/** As long as a worker that was replaced can live (`hard-stop-after`). */
const KEPT_S = 150;
const KEPT_LOOK_MS = 200;
export const KEEP_COMMAND = "slipway keep";
export const RELEASE_COMMAND = "slipway release";

export function totalsCommand(backends: readonly string[]): string {
  return `slipway totals ${backends.join(" ")}`;
}

export function countersCommand(names: readonly string[]): string {
  return `slipway counters ${names.join(" ")}`;
}

/** A line for each backend that is there: its name, how many wait, how many came since the start. */
export const LOAD_SCRIPT = String.raw`
core.register_cli({ "slipway", "totals" }, "", function(applet, ...)
  for _, name in ipairs({ ... }) do
    local backend = core.backends[name]
    if backend then
      local stats = backend:get_stats()
      applet:send(name .. "," .. stats.qcur .. "," .. stats.stot .. "\n")
    end
  end
end)

-- Keeps a worker that a reload replaced until its last lines were read. This session does, whether or not who began it is
-- still there: a control plane that is away finds them when it is back.
local kept_until, is_kept = 0, false
core.register_cli({ "slipway", "keep" }, "", function(applet)
  kept_until = core.now().sec + ${KEPT_S}
  if is_kept then return end
  is_kept = true
  while core.now().sec < kept_until do core.msleep(${KEPT_LOOK_MS}) end
  is_kept = false
end)
core.register_cli({ "slipway", "release" }, "", function(applet)
  kept_until = 0
end)

local NONE_REFUSED = { full = 0, late = 0, guarded = 0, away = 0 }
local COUNTED = { "req_tot", "hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "bout", "scur" }

-- First which process this is. Names are backends, or hosts of which some may have been refused: each is answered, for who
-- adds up must know where it began.
core.register_cli({ "slipway", "counters" }, "", function(applet, ...)
  local info = core.get_info()
  applet:send("worker," .. info.Pid .. "," .. info.Start_time_sec .. "\n")
  local words = { ... }
  for at = 3, #words do
    local name = words[at]
    local backend = core.backends[name]
    if backend then
      local stats, row = backend:get_stats(), { name }
      for _, field in ipairs(COUNTED) do row[#row + 1] = stats[field] end
      applet:send(table.concat(row, ",") .. "\n")
    else
      local counts = refused[name] or NONE_REFUSED
      local row = { "refused", name, counts.full, counts.late, counts.guarded, counts.away }
      applet:send(table.concat(row, ",") .. "\n")
    end
  end
end)
`;
