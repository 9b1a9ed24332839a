/**
 * The part of a guard that HAProxy's rules cannot express, in the gate's Lua: whether the client's address, the path, the
 * password or the body's length is let through. What a guard says is read once, and kept by its text; so it is never stale.
 *
 * A request takes some 10 µs of it. No pattern tries in more than one way what a star stands for, and no path is longer than
 * 2,000 characters: none makes it slow.
 */
export const GUARD_SCRIPT = String.raw`
local MAX_GUARDS, MAX_PATH, MAX_DECODINGS = 1000, 2000, 3
local guards, guard_count = {}, 0                  -- text -> what it says; forgotten all at once when they are many

local function list_of(text)
  local list = {}
  for item in text:gmatch("[^,]+") do list[#list + 1] = item end
  return list
end

local function from_hex(text)
  return (text:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function to_hex(text)
  return (text:gsub(".", function(char) return string.format("%02x", char:byte()) end))
end

-- A path is compared as "/a/b/", so what a star stands for ends at a slash, and is found without trying.
local function pattern_of(text)
  if text == "/" then return "^/" end
  local escaped = text:gsub("[^%w*/]", "%%%0"):gsub("%*", "[^/]*")
  return (text:sub(1, 1) == "/" and "^" or "/") .. escaped .. "/"
end

local readers = {
  c = function(guard, text)
    guard.ranges = {}
    for digits, bits in text:gmatch("(%x+)~(%d+)") do
      guard.ranges[#guard.ranges + 1] = { digits = digits, whole = tonumber(bits) // 4, rest = tonumber(bits) % 4 }
    end
  end,
  r = function(guard, text) guard.interval, guard.burst = text:match("^(%d+):(%d+)$") end,
  p = function(guard, text)
    guard.paths = {}
    local status, patterns = text:match("^(%d+):(.*)$")
    guard.path_verdict = status == "403" and "forbidden-path" or "path"
    for _, pattern in ipairs(list_of(patterns)) do guard.paths[#guard.paths + 1] = pattern_of(from_hex(pattern)) end
  end,
  b = function(guard, text) guard.body = tonumber(text) end,
  t = function(guard, text) guard.timeout = tonumber(text) end,
  a = function(guard, text)
    local salt, digests = text:match("^(%w+):(.*)$")
    guard.salt, guard.digests = salt, {}
    for _, digest in ipairs(list_of(digests)) do guard.digests[digest] = true end
  end,
}

local function read_guard(text)
  local guard = {}
  for part in text:gmatch("[^+]+") do
    local read = readers[part:sub(1, 1)]
    if part == "h" then guard.is_host_off = true
    elseif read then read(guard, part:sub(3))
    else return nil end
  end
  return guard
end

-- The seventh field of the host map's value. Nil where there should be one, and then nobody gets in; nothing is kept from a
-- service whose guard was taken away while a request was on its way here.
local function guard_of(host)
  local entry = host and entries:lookup(host)
  local text = entry and entry:match("^[^/]*/[^/]*/[^/]*/[^/]*/[^/]*/[^/]*/([^/]+)")
  if not text then return entry and not entry:find("/guarded/", 1, true) and {} or nil end
  if not guards[text] then
    if guard_count >= MAX_GUARDS then guards, guard_count = {}, 0 end
    guards[text], guard_count = read_guard(text), guard_count + 1
  end
  return guards[text]
end

local function is_in(range, digits)
  if #digits ~= #range.digits or digits:sub(1, range.whole) ~= range.digits:sub(1, range.whole) then return false end
  if range.rest == 0 then return true end
  local at, shift = range.whole + 1, 4 - range.rest
  return tonumber(digits:sub(at, at), 16) >> shift == tonumber(range.digits:sub(at, at), 16) >> shift
end

local function is_allowed(guard, digits)
  if not guard.ranges then return true end
  for _, range in ipairs(guard.ranges) do
    if is_in(range, digits) then return true end
  end
  return false
end

-- As an application may take it: in lower case, without parameters, empty and "." segments, "\" as "/". Nil for what nobody
-- sends who means well: "..", control characters, what is no UTF-8, or longer than all names of files.
local function plain_of(path)
  if #path > MAX_PATH or path:find("%c") or not utf8.len(path) then return nil end
  local segments = {}
  for part in path:lower():gsub("\\", "/"):gmatch("[^/]+") do
    local text = part:match("^[^;?#]*")
    if text == ".." then return nil end
    if text ~= "" and text ~= "." then segments[#segments + 1] = text .. "/" end
  end
  return "/" .. table.concat(segments)
end

local function decoded(path) return (path:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end)) end

-- Whether the path, decoded once or more often, is one that is denied.
local function is_denied(guard, path)
  if not guard.paths then return false end
  for _ = 1, MAX_DECODINGS do
    local before = path
    path = decoded(path)
    local plain = plain_of(path)
    if not plain then return true end
    for _, pattern in ipairs(guard.paths) do
      if plain:find(pattern) then return true end
    end
    if path == before then return false end
  end
  return path:find("%%%x%x") ~= nil
end

local function is_digest(guard, txn, text)
  return guard.digests[to_hex(txn.c:sha2(guard.salt .. ":" .. text, 256))] == true
end

-- Also a password of which only the SHA-1 is known, as htpasswd writes it; who knows that alone does not get in.
local function has_password(guard, txn)
  if not guard.digests then return true end
  if txn.f:req_fhdr_cnt("authorization") ~= 1 then return false end
  local encoded = (txn.f:req_fhdr("authorization") or ""):match("^[Bb][Aa][Ss][Ii][Cc] +([%w+/]+=*)$")
  local text = encoded and txn.c:b64dec(encoded)
  local user, password = (text or ""):match("^([^:]*):(.*)$")
  if not user or password:sub(1, 5) == "{SHA}" then return false end
  return is_digest(guard, txn, text) or is_digest(guard, txn, user .. ":{SHA}" .. txn.c:base64(txn.c:sha1(password)))
end

local function length_of(txn) return txn.f:req_fhdr_cnt("content-length") > 0 and tonumber(txn.f:req_fhdr("content-length")) end

-- Nil: it may pass. Who may not be here at all is told nothing else.
local function verdict_on(txn, guard, digits)
  if not guard then return "unknown" end
  if guard.is_host_off and txn:get_var("txn.asked") == txn:get_var("txn.host") then return "host" end
  if not is_allowed(guard, digits) then return "address" end
  if is_denied(guard, txn.f:path() or "") then return guard.path_verdict end
  if not has_password(guard, txn) then return "password" end
  if guard.body and (length_of(txn) or 0) > guard.body then return "body" end
  return nil
end

-- What follows an upgrade is no body. A request that wants one has none, or says so.
local function has_unknown_length(txn)
  if txn.f:req_fhdr_cnt("content-length") > 0 then return false end
  local is_upgrade = txn.f:req_fhdr_cnt("upgrade") > 0 and txn.f:method() == "GET"
  return not is_upgrade or txn.f:req_fhdr_cnt("transfer-encoding") > 0
end

-- As IPv4 what came as IPv4 through a socket of both kinds.
local function client_digits(txn)
  local digits = (txn:get_var("txn.address") or ""):lower()
  return digits:match("^00000000000000000000ffff(%x+)$") or digits
end

-- The first label of an own host is nobody else's; of IPv6 one client has a whole network. Another limit counts anew.
local function limit_rate(txn, guard, name, digits)
  local limit = guard.interval .. ":" .. guard.burst
  txn:set_var("txn.client", name:match("^[^.]*"):sub(1, 44) .. "/" .. limit .. "/" .. digits:sub(1, 16))
  txn:set_var("txn.interval", tonumber(guard.interval))
  txn:set_var("txn.tolerance", (tonumber(guard.burst) - 1) * tonumber(guard.interval))
end

-- The verdict is "unknown" until all was looked at: were there an error in here, nobody would get in. Who guesses passwords
-- is held up by the rate as well.
core.register_action("guard", { "http-req" }, function(txn)
  local name = txn:get_var("txn.host")
  local guard, digits = guard_of(name), client_digits(txn)
  local verdict = verdict_on(txn, guard, digits)
  local is_counted = not verdict or verdict == "password"
  if is_counted and guard.interval then limit_rate(txn, guard, name, digits) end
  if verdict then return txn:set_var("txn.guard", verdict) end
  if guard.digests then txn:set_var("txn.has_password", true) end
  if guard.body and has_unknown_length(txn) then txn:set_var("txn.max_body", guard.body) end
  if guard.timeout then txn:set_var("txn.timeout_ms", guard.timeout) end
  txn:unset_var("txn.guard")
end)

-- Told in the line, and counted.
core.register_action("guard_refuse", { "http-req" }, function(txn)
  local verdict, name = txn:get_var("txn.guard"), txn:get_var("txn.host")
  txn:set_var("txn.told", (txn:get_var("txn.told") or "") .. "!" .. verdict)
  if name and entries:lookup(name) then count_refusal(name, "guarded") end
end)
`;
