/**
 * The part of the gate that HAProxy's rules cannot express: telling the control plane of requests, and holding them. It is
 * Lua inside HAProxy, kept as text so that it is found whatever the build does with our files. One state for all threads
 * (`lua-load`, not per thread), so that counts are exact and a host is told of once.
 */
import type { GateLimits } from "./gate-config.ts";

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
${SCRIPT}`;
}

const SCRIPT = String.raw`-- Tells the control plane of requests at a gate, and holds those of closed ones. Nothing here may fail a request: without
-- a reader it passes, or is held, all the same.
local entries = Map.new(host_map, Map._str)        -- shares its content with the rules: "set map" is seen here too
local BEAT_MS, WATCHED_MS = 250, 1000              -- how often a host is told of, while held and while watched
local STALE_MS = 3000                              -- a connection to the reader that takes longer has failed

local told = {}                                    -- host -> when it was told of
local held = {}                                    -- host -> requests seen in this beat and in the one before
local pending, telling_since = {}, nil             -- host -> number held, to be told; when the teller began

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

local function tell(host, count, every_ms)
  local now = now_ms()
  if now - (told[host] or 0) < every_ms then return end
  told[host], pending[host] = now, count
  if telling_since and now - telling_since < STALE_MS then return end
  telling_since = now
  core.register_task(tell_pending)
end

-- A held request whose client left vanishes without a word, so each says in each beat that it is there.
local function count_of(host, now)
  local beat, count = now // BEAT_MS, held[host]
  if not count then count = { beat = beat, current = 0, before = 0 }; held[host] = count end
  if count.beat ~= beat then
    count.before = count.beat == beat - 1 and count.current or 0
    count.beat, count.current = beat, 0
  end
  return count
end

local function number_of(count) return math.max(count.current, count.before) end

local function is_closed(host)
  local entry = entries:lookup(host)
  return entry ~= nil and entry:sub(1, 7) == "closed/"
end

-- Few held requests are looked after every 5 ms, 1,000 of them every 25 ms: the wait for each stays below what a start
-- takes, and all together take a few hundredths of a processor.
local function step_ms(number) return 5 + number // 50 end

-- Sets txn.gate to "full", "late", or "stopping" (the next worker shall decide); not at all when the gate is open.
local function hold(txn)
  local host, began, beat = txn:get_var("txn.host"), now_ms(), nil
  while is_closed(host) do
    if txn.f:stopping() == 1 then return txn:set_var("txn.gate", "stopping") end
    local now = now_ms()
    local count = count_of(host, now)
    if not beat and number_of(count) >= held_per_host then return txn:set_var("txn.gate", "full") end
    if now - began > hold_ms then return txn:set_var("txn.gate", "late") end
    if not beat then count.before = count.before + 1 end
    if beat ~= count.beat then beat, count.current = count.beat, count.current + 1 end
    tell(host, number_of(count), BEAT_MS)
    core.msleep(step_ms(number_of(count)))
  end
end

core.register_action("gate_watch", { "http-req" }, function(txn) tell(txn:get_var("txn.host"), 0, WATCHED_MS) end)
core.register_action("gate_hold", { "http-req" }, hold)
`;
