/**
 * The part of the gate that HAProxy's rules cannot express: telling the control plane of requests, and holding them. It is
 * Lua inside HAProxy, kept as text so that it is found whatever the build does with our files. One state for all threads
 * (`lua-load`, not per thread), so that counts are exact and a host is told of once.
 */
import { GUARD_SCRIPT } from "./guard-script.ts";
import { LOAD_SCRIPT } from "./load-script.ts";
import type { GateLimits } from "./gate-limits.ts";

export interface GateScriptSettings {
  /** As HAProxy's rules name it. */
  readonly hostMap: string;
  /** The control plane's socket, as a worker reaches it. */
  readonly reader: string;
  readonly limits: GateLimits;
}

/** HAProxy 2.6 gives a script no arguments, so they are its first lines. */
export function renderGateScript({ hostMap, reader, limits }: GateScriptSettings): string {
  return `local host_map, reader = "${hostMap}", "${reader}"
local hold_ms, held_per_host = ${limits.holdMs}, ${limits.heldPerHost}
${SCRIPT}${GUARD_SCRIPT}${LOAD_SCRIPT}`;
}

const SCRIPT = String.raw`-- Tells the control plane of requests at a gate, and holds those of closed ones. Nothing here may fail a request: without
-- a reader it passes, or is held, all the same.
local entries = Map.new(host_map, Map._str)        -- shares its content with the rules: "set map" is seen here too
local BEAT_MS, WATCHED_MS = 250, 1000              -- how often a host is told of, while held and while watched
local STALE_MS = 3000                              -- a connection to the reader that takes longer has failed

local told = {}                                    -- host -> when it was told of
local hosts = {}                                   -- host -> requests held in this beat and in the one before, and more
local ALL = "*"                                    -- the same of all hosts together
local asked_ms, is_stopped = nil, false            -- when it was asked whether this worker has been replaced, and the answer
local pending, telling_since = {}, nil             -- host -> number held, to be told; when the teller began
local refused = {}                                 -- host -> requests refused since the start, by why

local function count_refusal(name, why)
  local counts = refused[name] or { full = 0, late = 0, guarded = 0, away = 0 }
  counts[why], refused[name] = counts[why] + 1, counts
end

local function now_ms()
  local now = core.now()
  return now.sec * 1000 + now.usec // 1000
end

-- All that is pending in one connection, then what became pending meanwhile. A task of its own: no request waits for it.
local function tell_pending()
  while next(pending) do
    local lines = {}
    for host, count in pairs(pending) do lines[#lines + 1] = host .. " " .. count .. "\n" end
    pending = {}
    local socket = core.tcp()
    socket:settimeout(1)
    if socket:connect("unix@" .. reader) then socket:send(table.concat(lines)) end
    socket:close()
  end
  telling_since = nil
end

local function tell(host, count, every_ms, now)
  if now - (told[host] or 0) < every_ms then return end
  told[host], pending[host] = now, count
  if telling_since and now - telling_since < STALE_MS then return end
  telling_since = now
  core.register_task(tell_pending)
end

-- What is known of a host's held requests. One whose client left vanishes without a word, so each says in each beat that
-- it is there.
local function host_at(name, now)
  local beat, host = now // BEAT_MS, hosts[name]
  if not host then host = { beat = beat, current = 0, before = 0 }; hosts[name] = host end
  if host.beat ~= beat then
    host.before = host.beat == beat - 1 and host.current or 0
    host.beat, host.current = beat, 0
  end
  return host
end

local function number_of(host) return host.current > host.before and host.current or host.before end

-- Asked once a millisecond for all hosts, for it takes longer than everything else here.
local function is_stopping(txn, now)
  if asked_ms ~= now then asked_ms, is_stopped = now, txn.f:stopping() == 1 end
  return is_stopped
end

-- "closed" to go on holding. Looked up once a millisecond for all of a host: they wake by the hundred.
local function verdict_of(host, name, txn, now)
  if host.looked_ms == now then return host.verdict end
  local entry = entries:lookup(name)
  local is_closed = entry ~= nil and entry:find("/closed", 1, true) ~= nil
  host.looked_ms = now
  host.verdict = not is_closed and "open" or is_stopping(txn, now) and "stopping" or "closed"
  return host.verdict
end

-- Few held requests are looked after every 5 ms, 1,000 of them every 25 ms: the wait for each stays below what a start
-- takes, and all together take a few hundredths of a processor, of however many hosts. Never so late that one misses a beat.
local function step_ms(number) return math.min(5 + number // 50, BEAT_MS - 50) end

-- "open", "full", "late", or "stopping": the next worker shall decide.
local function hold(name, txn)
  local began, beat = now_ms(), nil
  local now = began
  while true do
    local host, all = host_at(name, now), host_at(ALL, now)
    local verdict = verdict_of(host, name, txn, now)
    if verdict ~= "closed" then return verdict end
    if not beat then
      if number_of(host) >= held_per_host then return "full" end
      host.before, all.before = host.before + 1, all.before + 1
    end
    if now - began > hold_ms then return "late" end
    if beat ~= host.beat then
      beat, host.current, all.current = host.beat, host.current + 1, all.current + 1
    end
    tell(name, number_of(host), BEAT_MS, now)
    core.msleep(step_ms(number_of(all)))
    now = now_ms()
  end
end

core.register_action("gate_watch", { "http-req" }, function(txn)
  tell(txn:get_var("txn.host"), 0, WATCHED_MS, now_ms())
end)
core.register_action("gate_hold", { "http-req" }, function(txn)
  local name = txn:get_var("txn.host")
  local began = now_ms()
  local verdict = hold(name, txn)
  txn:set_var("txn.held", (tonumber(txn:get_var("txn.held")) or 0) + now_ms() - began)
  if verdict == "full" or verdict == "late" then count_refusal(name, verdict) end
  txn:set_var("txn.gate", verdict)
end)

-- Of a service that is paused, starts or failed: the backends that refuse are all services' at once.
core.register_action("count_away", { "http-req" }, function(txn) count_refusal(txn:get_var("txn.host"), "away") end)
`;
